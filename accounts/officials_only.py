"""Guards the views of enrolment: who may not use the administration learns nothing here."""

from __future__ import annotations

from functools import update_wrapper
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.contrib import admin
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

P = ParamSpec("P")


def officials_only(
    permission: str,
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """The administration's own door (second factor included), and then one permission."""

    def guard(
        view: Callable[Concatenate[HttpRequest, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if admin.site.has_permission(request) and request.user.has_perm(permission):
                response = view(request, *args, **kwargs)
            else:
                response = JsonResponse({"error": _("You may not do this.")}, status=403)
            response["Cache-Control"] = "no-store, private"
            return response

        return update_wrapper(guarded, view)

    return guard
