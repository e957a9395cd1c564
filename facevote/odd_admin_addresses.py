"""Addresses of the administration with parameters that fit nothing are refused with a 400.

Django's lists redirect such a request, but not every page does: the export of a list, and pages
with an empty `_to_field`, would end in an error of the server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.admin.options import TO_FIELD_VAR, IncorrectLookupParameters
from django.core.exceptions import FieldDoesNotExist
from django.shortcuts import render

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class OddAdminAddressesAreRefused:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.app_name != "admin" or not _is_odd(request, error):
            return None
        return render(request, "400.html", status=400)


def _is_odd(request: HttpRequest, error: Exception) -> bool:
    """Any other error is a fault of the site, and is shown and logged as one."""
    if isinstance(error, FieldDoesNotExist):
        return TO_FIELD_VAR in request.GET or TO_FIELD_VAR in request.POST
    return isinstance(error, IncorrectLookupParameters)
