"""Takes one photo from "waiting" to "usable" or "refused".

A worker may die at any step, and another one may then repeat it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from accounts.at_rest.sealing import SealBroken
from biometrics.consent.erasure import delete_on_commit
from biometrics.engine.errors import ImageRefused
from biometrics.engine.types import Hint
from biometrics.enrolment.advice import reason_for
from biometrics.enrolment.lock import lock_enrolment
from biometrics.enrolment.references import make_reference, prepare_search
from biometrics.models import PhotoReason, PhotoState, ReferencePhoto
from biometrics.storage.photos import PhotoGone, read_photo
from biometrics.storage.templates import photo_binding, seal_template

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from biometrics.engine.pipeline import Engine
    from biometrics.engine.types import Template

# One photo takes well under a second. A worker that claimed a photo longer ago than this is gone.
CLAIM_LIFE = timedelta(seconds=60)
MAX_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the engine made of one photo: a template, or the reason why there is none.

    `quality` is from 0 to 1, None if no face was measured. `chosen_among_several` is described in
    EnrolmentSample.
    """

    template: Template | None
    reason: PhotoReason | None
    quality: float | None = None
    chosen_among_several: bool = False


def encode(photo_id: UUID | str, engine: Engine, *, now: datetime) -> None:
    """Judge one waiting photo and store the outcome.

    Nothing happens if the photo is judged already or gone, or if another worker has claimed it.
    Raises OSError if the store of photos is away; the sweep then queues the photo again.
    """
    photo = claim(photo_id, now=now)
    if photo is None:
        return
    try:
        outcome = judge(photo, engine)
    except OSError:
        give_back(photo)
        raise
    settle(photo, outcome, engine, now=now)


def claim(photo_id: UUID | str, *, now: datetime) -> ReferencePhoto | None:
    """Mark a waiting photo as taken by this worker; None if it is not to be had."""
    waiting = ReferencePhoto.objects.filter(
        Q(started_at__isnull=True) | Q(started_at__lt=now - CLAIM_LIFE),
        pk=photo_id,
        state=PhotoState.WAITING,
    )
    if not waiting.update(started_at=now, attempts=F("attempts") + 1):
        return None
    return ReferencePhoto.objects.filter(pk=photo_id, started_at=now).first()


def give_back(photo: ReferencePhoto) -> None:
    """Undo this worker's claim, which was no fault of the picture and so does not count."""
    claimed = ReferencePhoto.objects.filter(pk=photo.pk, started_at=photo.started_at)
    claimed.update(started_at=None, attempts=F("attempts") - 1)


def judge(photo: ReferencePhoto, engine: Engine) -> Outcome:
    """Let the engine judge a photo. A photo that cannot be read gets a reason, no exception."""
    if photo.attempts > MAX_ATTEMPTS:
        return Outcome(None, PhotoReason.UNPROCESSABLE)
    try:
        sample = engine.enrol(read_photo(photo))
    except (PhotoGone, SealBroken):
        return Outcome(None, PhotoReason.UNREADABLE)
    except ImageRefused:
        return Outcome(None, PhotoReason.UNPROCESSABLE)
    quality = sample.quality.score if sample.quality else None
    if sample.template is None:
        return Outcome(None, reason_for(sample.refusal or Hint.NONE), quality)
    return Outcome(sample.template, None, quality, sample.chosen_among_several)


def settle(photo: ReferencePhoto, outcome: Outcome, engine: Engine, *, now: datetime) -> None:
    """Store the outcome of a photo. After the voter's last waiting photo, make the reference.

    Both happen in one transaction. Nothing is stored if another worker has taken over the photo.
    """
    waiting = ReferencePhoto.objects.filter(user_id=photo.user_id, state=PhotoState.WAITING)
    if not waiting.exclude(pk=photo.pk).exists():
        prepare_search(engine)
    _settle(photo, outcome, engine, now=now)


@transaction.atomic
def _settle(photo: ReferencePhoto, outcome: Outcome, engine: Engine, *, now: datetime) -> None:
    lock_enrolment()
    still_claimed = ReferencePhoto.objects.filter(
        pk=photo.pk, state=PhotoState.WAITING, started_at=photo.started_at
    )
    if not still_claimed.update(**_columns(photo, outcome, now=now)):
        return
    if not settings.KEEP_PHOTOS:
        ReferencePhoto.objects.filter(pk=photo.pk).update(file="")
        delete_on_commit([photo.file])
    waiting = ReferencePhoto.objects.filter(user_id=photo.user_id, state=PhotoState.WAITING)
    if not waiting.exists():
        make_reference(photo.user_id, engine, now=now)


def _columns(photo: ReferencePhoto, outcome: Outcome, *, now: datetime) -> dict[str, object]:
    sealed, encoder_sha256 = b"", ""
    if outcome.template is not None:
        encoder_sha256 = outcome.template.encoder_sha256
        binding = photo_binding(photo.user_id, encoder_sha256, photo.pk)
        sealed = seal_template(outcome.template, bound_to=binding)
    return {
        "state": PhotoState.REFUSED if outcome.reason else PhotoState.USABLE,
        "reason": outcome.reason or "",
        "resembles": None,
        "quality": outcome.quality,
        "chosen_among_several": outcome.chosen_among_several,
        "template": sealed,
        "encoder_sha256": encoder_sha256,
        "encoded_at": now,
        "attempts": 0,
    }
