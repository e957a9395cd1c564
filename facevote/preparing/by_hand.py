"""What `manage.py prepare` cannot do for the operator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.checks import run_checks

from accounts.models import User
from facevote.preparing.keys import BACK_UP

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_OFFICIAL: Final = "Make the first official: python manage.py create_official NAME"


def left_to_do() -> Iterator[str]:
    """One sentence for each thing that an operator still has to do or to decide."""
    if not User.objects.filter(is_staff=True, is_active=True).exists():
        yield FIRST_OFFICIAL
    if not settings.DEBUG and settings.KEYS_FILE.exists():
        yield f"{settings.KEYS_FILE}: {BACK_UP}"
    if not settings.DEBUG:
        for message in run_checks(include_deployment_checks=True):
            if not message.is_silenced():
                yield f"{message.msg} ({message.id})"
    if "console" in settings.EMAIL_BACKEND:
        yield "EMAIL_URL is not set: mail to voters is printed and goes nowhere"
    if not settings.OFFICE_CONTACT:
        yield "OFFICE_CONTACT is not set: no page tells voters how to reach the office"
    if not settings.SECURITY_CONTACT:
        yield "SECURITY_CONTACT is not set: nobody learns whom to tell of a hole"
