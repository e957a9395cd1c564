"""The mail that a demonstration keeps instead of sending it, shown to its officials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.mail import outbox as kept_mail

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def is_shown() -> bool:
    """Only where nothing is real: the letters hold links that work."""
    return bool(settings.DEMONSTRATION) and kept_mail.is_used()


def outbox(request: HttpRequest, site_context: dict[str, Any]) -> HttpResponse:
    if not is_shown():
        raise Http404
    context = {**site_context, "title": _("Outbox"), "letters": kept_mail.newest()}
    response = render(request, "admin/outbox.html", context)
    response["Cache-Control"] = "no-store, private"
    return response
