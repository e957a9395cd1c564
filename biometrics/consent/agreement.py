"""A person's consent to face verification. It is given to one version of the text.

It can be withdrawn at any time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from accounts.audit import Action, record, user_subject
from biometrics.consent.erasure import erase_voter
from biometrics.models import Consent

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

# Change it whenever the meaning of templates/biometrics/consent.html changes. Everybody is then
# asked again.
CONSENT_VERSION = "2026-12"
# Stands between the version and the number of days for which frames of refused attempts are kept.
KEPT = "+"


def text_version() -> str:
    """Return the version of today's text, which also depends on EVIDENCE_DAYS."""
    days = settings.EVIDENCE_DAYS
    return f"{CONSENT_VERSION}{KEPT}{days}" if days else CONSENT_VERSION


def has_consent(user: User) -> bool:
    """Say whether the user agrees to today's text.

    A consent to keep frames for more days than today's text says is enough.
    """
    standing = Consent.objects.filter(user=user, withdrawn_at__isnull=True)
    return any(_covers_today(agreed) for agreed in standing.values_list("text_version", flat=True))


def _covers_today(agreed: str) -> bool:
    version, _kept, days = agreed.partition(KEPT)
    return version == CONSENT_VERSION and int(days or 0) >= settings.EVIDENCE_DAYS


def has_withdrawn(user: User) -> bool:
    """Say whether the user once agreed and then took it back. A user never asked has not."""
    given = Consent.objects.filter(user=user)
    return given.exists() and not given.filter(withdrawn_at__isnull=True).exists()


def give_consent(user: User, text_version: str, now: datetime) -> Consent:
    """Store the user's consent to a version of the text. A second yes adds no second row."""
    consent, _created = Consent.objects.get_or_create(
        user=user,
        text_version=text_version,
        withdrawn_at=None,
        defaults={"given_at": now},
    )
    return consent


@transaction.atomic
def record_paper_consent(user: User, *, actor: User | None, now: datetime) -> bool:
    """Store that the user has signed today's text on paper; `actor` has seen the signature.

    Return False, and store nothing, if the user agrees to today's text already.
    """
    if has_consent(user):
        return False
    consent = give_consent(user, text_version(), now)
    Consent.objects.filter(pk=consent.pk).update(on_paper=True, recorded_by=actor)
    record(
        Action.CONSENT_ON_PAPER,
        actor=actor,
        subject=user_subject(user.pk),
        text=consent.text_version,
    )
    return True


def withdraw_consent(user: User, now: datetime) -> None:
    """Take back every consent of the user, and erase all photos and templates."""
    with transaction.atomic():
        Consent.objects.filter(user=user, withdrawn_at__isnull=True).update(withdrawn_at=now)
        erase_voter(user, actor=user)
