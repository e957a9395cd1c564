"""Which pages of other sites may read an answer of these endpoints by a script (CORS)."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

from accounts.oidc.models import Client

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    View = Callable[[HttpRequest], HttpResponse]

PREFLIGHT_SECONDS = "600"


def readable_by_all(view: View) -> View:
    """For what is public anyway."""

    @wraps(view)
    def open_view(request: HttpRequest) -> HttpResponse:
        response = view(request)
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return open_view


def readable_by_programs(view: View) -> View:
    """For answers to programs that run in a browser, at the origins that are noted for them.

    Never with the site's cookies: these answers come for a code or a token.
    """

    @wraps(view)
    def open_view(request: HttpRequest) -> HttpResponse:
        is_preflight = request.method == "OPTIONS"
        response = HttpResponse(status=204) if is_preflight else view(request)
        patch_vary_headers(response, ["Origin"])
        origin = request.headers.get("Origin", "")
        if origin and _is_noted(origin):
            response["Access-Control-Allow-Origin"] = origin
            if is_preflight:
                response["Access-Control-Allow-Methods"] = "GET, POST"
                response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
                response["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
        return response

    return open_view


def _is_noted(origin: str) -> bool:
    noted = Client.objects.filter(is_active=True, allowed_origins__contains=origin)
    return any(origin in text.split() for text in noted.values_list("allowed_origins", flat=True))
