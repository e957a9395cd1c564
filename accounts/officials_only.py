"""A decorator for views that only officials with a certain permission may use."""

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
    """Let in users who may use the administration (second factor included) and have it.

    Everybody else gets a 403 as JSON. No answer is ever cached.
    """

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
