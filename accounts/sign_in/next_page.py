"""The page that somebody wanted to see before signing in.

Each step of the sign-in hands it on in its address. In the session it would be lost with a session
that ends meanwhile, and of two tabs the second would take the place of the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.shortcuts import resolve_url

from accounts.own_path import own_path

if TYPE_CHECKING:
    from django.http import HttpRequest

NEXT = "next"


def requested(request: HttpRequest) -> str:
    """The `next` of the form or the address; empty if it leads to another site or is too long."""
    return own_path(request, request.POST.get(NEXT) or request.GET.get(NEXT) or "")


def handed_on(request: HttpRequest, step: str) -> str:
    """The address of a step of the sign-in, with the page that was wanted."""
    return leading_to(step, requested(request))


def leading_to(step: str, next_path: str) -> str:
    """The address of a page, with the path on this site to which it leads."""
    address = resolve_url(step)
    return f"{address}?{urlencode({NEXT: next_path})}" if next_path else address


def after_login(request: HttpRequest) -> str:
    """Where a person goes after signing in."""
    return requested(request) or resolve_url(settings.LOGIN_REDIRECT_URL)
