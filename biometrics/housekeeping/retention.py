"""Deletes what is no longer kept: old verifications, withdrawn faces, files without a row."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef

from accounts.at_rest.batches import write_in_batches
from biometrics.consent.erasure import erase_voter
from biometrics.enrolment.reencoding import GRACE
from biometrics.models import (
    Consent,
    PhoneHandoff,
    PhotoState,
    Reference,
    ReferencePhoto,
    SelfEnrolment,
    SelfEnrolmentState,
    VerificationSession,
)
from biometrics.self_enrolment.taking import drop_taken
from biometrics.storage.photos import PhotoGone, delete_photo, stored_at, stored_names
from biometrics.verification import evidence

if TYPE_CHECKING:
    from datetime import datetime

KEEP_SESSIONS = timedelta(days=30)
# Photos that were taken and not handed in.
KEEP_TAKEN = timedelta(days=2)
# A file is written shortly before its row. A younger file may still get its row.
ORPHAN_AGE = timedelta(hours=1)


def purge(encoder_sha256: str, *, now: datetime) -> None:
    """Delete everything that is too old; `encoder_sha256` is that of the encoder in use."""
    _drop_sessions(now=now)
    _drop_self_enrolments(now=now)
    evidence.purge(now=now)
    _erase_withdrawn()
    _drop_superseded(encoder_sha256, now=now)
    _drop_settled_files()
    _drop_orphans(now=now)


def _drop_sessions(*, now: datetime) -> None:
    """In short batches: after an election there are very many on one day."""
    old = VerificationSession.objects.filter(created_at__lt=now - KEEP_SESSIONS)
    write_in_batches(
        list(old.values_list("pk", flat=True)),
        lambda keys: VerificationSession.objects.filter(pk__in=keys).delete(),
    )


def _drop_self_enrolments(*, now: datetime) -> None:
    """Photos that a voter took and forgot, hand-offs, and what was decided long ago."""
    for forgotten in SelfEnrolment.objects.filter(
        state=SelfEnrolmentState.TAKEN, taken_at__lt=now - KEEP_TAKEN
    ).select_related("user"):
        drop_taken(forgotten.user)
    PhoneHandoff.objects.filter(created_at__lt=now - KEEP_TAKEN).delete()
    SelfEnrolment.objects.filter(
        state__in=[SelfEnrolmentState.DROPPED], taken_at__lt=now - KEEP_SESSIONS
    ).delete()


def _erase_withdrawn() -> None:
    """Erase the faces of everybody who has withdrawn; a safety net, withdrawing erases at once."""
    given = Consent.objects.filter(user=OuterRef("pk"))
    people = get_user_model().objects.filter(
        Exists(given), ~Exists(given.filter(withdrawn_at__isnull=True))
    )
    for user in people.filter(Exists(ReferencePhoto.objects.filter(user=OuterRef("pk")))):
        erase_voter(user, actor=None)


def _drop_superseded(encoder_sha256: str, *, now: datetime) -> None:
    """Delete references of another encoder that the voter's current reference has replaced.

    A reference that is newer than the current one stays: it was prepared for a future encoder.
    """
    newer = Reference.objects.filter(
        user=OuterRef("user"),
        encoder_sha256=encoder_sha256,
        made_at__lt=now - GRACE,
        made_at__gt=OuterRef("made_at"),
    )
    Reference.objects.exclude(encoder_sha256=encoder_sha256).filter(Exists(newer)).delete()


def _drop_settled_files() -> None:
    """Delete files of judged photos if photos are not kept: a crash may have left some."""
    if settings.KEEP_PHOTOS:
        return
    unsettled = (PhotoState.WAITING, PhotoState.HELD, PhotoState.CARD)
    settled = ReferencePhoto.objects.exclude(state__in=unsettled).exclude(file="")
    for photo in settled:
        settled.filter(pk=photo.pk).update(file="")
        delete_photo(photo.file)


def _drop_orphans(*, now: datetime) -> None:
    """Delete photos without a row from the store."""
    # Listed before the rows are read, so that a photo that comes in meanwhile has its row.
    stored = set(stored_names())
    known = set(ReferencePhoto.objects.exclude(file="").values_list("file", flat=True))
    for name in stored - known:
        with contextlib.suppress(PhotoGone):
            if stored_at(name) < now - ORPHAN_AGE:
                delete_photo(name)
