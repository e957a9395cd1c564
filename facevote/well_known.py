"""Addresses that browsers, password managers and search engines ask for unasked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from django.http import HttpRequest

# What is behind a sign-in, a secret link or a search field.
NOT_FOR_SEARCH_ENGINES = ("account", "admin", "api", "oidc", "set-password", "sign-in", "trustee")
# RFC 9116 asks for less than a year. The file is written anew for each request.
SECURITY_TXT_LIFE = timedelta(days=90)


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For browsers that do not read the page's <link>."""
    return redirect(static("img/favicon.svg"))


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: /{start}/" for start in NOT_FOR_SEARCH_ENGINES)]
    return _text(lines)


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a hole in this site (RFC 9116); 404 if the operator named nobody."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = timezone.now().replace(microsecond=0) + SECURITY_TXT_LIFE
    address = request.build_absolute_uri(request.path)
    return _text(
        [
            f"Contact: {settings.SECURITY_CONTACT}",
            f"Expires: {expires.isoformat()}",
            f"Canonical: {address}",
        ]
    )


@require_safe
def change_password(request: HttpRequest) -> HttpResponse:
    """Password managers send their users here."""
    return redirect("accounts:change-password")


def _text(lines: list[str]) -> HttpResponse:
    body = "".join(f"{line}\n" for line in lines)
    return HttpResponse(body, content_type="text/plain; charset=utf-8")


urlpatterns = [
    path("favicon.ico", favicon),
    path("robots.txt", robots),
    path(".well-known/security.txt", security),
    path(".well-known/change-password", change_password),
]
