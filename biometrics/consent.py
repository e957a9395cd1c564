"""A person's agreement to face verification: to one version of the text, withdrawn at will."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from biometrics.erasure import erase_voter
from biometrics.models import Consent

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

# Raise it with every change of meaning in templates/biometrics/consent.html: all are asked again.
CONSENT_VERSION = "2026-11"


def has_consent(user: User) -> bool:
    """Whether the user agrees to the text as it reads today."""
    return Consent.objects.filter(
        user=user, text_version=CONSENT_VERSION, withdrawn_at__isnull=True
    ).exists()


def has_withdrawn(user: User) -> bool:
    """Whether the user once agreed and then took it back; who was never asked has not."""
    given = Consent.objects.filter(user=user)
    return given.exists() and not given.filter(withdrawn_at__isnull=True).exists()


def give_consent(user: User, text_version: str, now: datetime) -> Consent:
    """Saying yes twice to one text leaves one row."""
    consent, _created = Consent.objects.get_or_create(
        user=user,
        text_version=text_version,
        withdrawn_at=None,
        defaults={"given_at": now},
    )
    return consent


def withdraw_consent(user: User, now: datetime) -> None:
    """Every photo and template of the user is gone when this returns."""
    with transaction.atomic():
        Consent.objects.filter(user=user, withdrawn_at__isnull=True).update(withdrawn_at=now)
        erase_voter(user, actor=user)
