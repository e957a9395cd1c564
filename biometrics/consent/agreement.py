"""A person's agreement to face verification: to one version of the text, withdrawn at will."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from biometrics.consent.erasure import erase_voter
from biometrics.models import Consent

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

# Raise it with every change of meaning in templates/biometrics/consent.html: all are asked again.
CONSENT_VERSION = "2026-11"
# Stands between the version and the days for which frames of refused attempts are kept.
KEPT = "+"


def text_version() -> str:
    """The text as it reads today, with what EVIDENCE_DAYS adds to it."""
    days = settings.EVIDENCE_DAYS
    return f"{CONSENT_VERSION}{KEPT}{days}" if days else CONSENT_VERSION


def has_consent(user: User) -> bool:
    """Whether the user agrees to the text as it reads today, or to one by which more is kept."""
    given = Consent.objects.filter(user=user, withdrawn_at__isnull=True)
    return any(_covers(agreed) for agreed in given.values_list("text_version", flat=True))


def _covers(agreed: str) -> bool:
    version, _kept, days = agreed.partition(KEPT)
    return version == CONSENT_VERSION and int(days or 0) >= settings.EVIDENCE_DAYS


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
