"""Error pages with the site's own text instead of Django's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form whose CSRF token is missing or old. It tells what to do."""
    return render(request, "403.html", {"csrf": True}, status=403)
