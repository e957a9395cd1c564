"""From the frames of a face step that found somebody alive to photos that wait for the voter.

No file is ever uploaded here: the frames are those that the face step has judged.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.audit import Action, record, user_subject
from biometrics.consent.erasure import delete_on_commit
from biometrics.engine.errors import ImageRefused
from biometrics.engine.types import Hint
from biometrics.enrolment.advice import reason_for
from biometrics.enrolment.intake import intake
from biometrics.enrolment.refusals import PhotoRefused
from biometrics.models import (
    PhotoReason,
    PhotoState,
    ReferencePhoto,
    SelfEnrolment,
    SelfEnrolmentState,
)
from biometrics.storage.photos import delete_photo, write_photo
from biometrics.storage.templates import photo_binding, seal_template

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from accounts.models import User
    from biometrics.engine.pipeline import Engine
    from biometrics.engine.types import Template

PHOTOS = 3
# Whoever sits in bad light has no good frame among many; the engine's thread is for others too.
MOST_JUDGED = 9


@dataclass(frozen=True, slots=True)
class TakenPhoto:
    """A frame as a photo: with a template, or with the reason why it is not usable."""

    jpeg: bytes
    template: Template | None
    reason: PhotoReason | None
    quality: float | None


@dataclass(frozen=True, slots=True)
class PhotosOnDisk:
    """Rows of usable photos whose files are written, and the reasons of those that are not."""

    rows: tuple[ReferencePhoto, ...]
    unusable: tuple[PhotoReason, ...]


def judge_photos(engine: Engine, frames: Sequence[bytes]) -> tuple[TakenPhoto, ...]:
    """Judge frames as enrolment photos until PHOTOS of them are usable; called in its thread."""
    taken: list[TakenPhoto] = []
    for frame in frames[:MOST_JUDGED]:
        if sum(photo.template is not None for photo in taken) == PHOTOS:
            break
        taken.append(_judge(engine, frame))
    return tuple(taken)


def _judge(engine: Engine, frame: bytes) -> TakenPhoto:
    try:
        # Nothing but the pixels is kept of what a browser sends.
        jpeg = intake(frame)
        sample = engine.enrol(jpeg)
    except (PhotoRefused, ImageRefused):
        return TakenPhoto(frame, None, PhotoReason.UNPROCESSABLE, None)
    quality = sample.quality.score if sample.quality else None
    if sample.chosen_among_several:
        # Here a camera can be turned away from others, and nobody looks whose face was taken.
        return TakenPhoto(jpeg, None, PhotoReason.SEVERAL_FACES, quality)
    if sample.template is None:
        return TakenPhoto(jpeg, None, reason_for(sample.refusal or Hint.NONE), quality)
    return TakenPhoto(jpeg, sample.template, None, quality)


@contextmanager
def on_disk(user: User, taken: Sequence[TakenPhoto]) -> Iterator[PhotosOnDisk]:
    """Write the files before the transaction that needs them; if that fails, they are deleted.

    Raises OSError if the disk is full.
    """
    rows: list[ReferencePhoto] = []
    try:
        for photo in taken:
            if photo.template is not None:
                rows.append(_row(user, photo, photo.template))
        reasons = tuple(photo.reason for photo in taken if photo.reason is not None)
        yield PhotosOnDisk(tuple(rows), reasons[:PHOTOS])
    finally:
        keys = [row.pk for row in rows]
        stored = set(ReferencePhoto.objects.filter(pk__in=keys).values_list("pk", flat=True))
        for row in rows:
            if row.pk not in stored:
                delete_photo(row.file)


def _row(user: User, photo: TakenPhoto, template: Template) -> ReferencePhoto:
    row = ReferencePhoto(user=user, state=PhotoState.HELD, added_by=user)
    row.quality = photo.quality
    row.encoder_sha256 = template.encoder_sha256
    row.template = seal_template(
        template, bound_to=photo_binding(user.pk, template.encoder_sha256, row.pk)
    )
    write_photo(row, photo.jpeg)
    return row


def keep_taken(user: User, photos: PhotosOnDisk | None, *, now: datetime) -> SelfEnrolment:
    """Keep the photos for the voter to look at, in place of those taken before.

    It runs in the transaction that stores the verdict. Raises IntegrityError if photos are with the
    office meanwhile.
    """
    drop_taken(user)
    taken = SelfEnrolment.objects.create(
        user=user, taken_at=now, unusable=list(photos.unusable) if photos else []
    )
    for row in photos.rows if photos else ():
        row.self_enrolment = taken
        row.added_at = row.queued_at = now
        row.save(force_insert=True)
    record(
        Action.OWN_PHOTOS_TAKEN,
        actor=user,
        subject=user_subject(user.pk),
        photos=len(photos.rows) if photos else 0,
    )
    return taken


@transaction.atomic
def drop_taken(user: User) -> None:
    """Delete photos that the voter took and has not handed in."""
    taken = SelfEnrolment.objects.filter(user=user, state=SelfEnrolmentState.TAKEN)
    for enrolment in taken.select_for_update():
        drop_photos(enrolment)
        taken.filter(pk=enrolment.pk).update(state=SelfEnrolmentState.DROPPED)


def drop_photos(enrolment: SelfEnrolment) -> None:
    """Delete the photos of a self-enrolment; the files go after the commit."""
    photos = ReferencePhoto.objects.filter(self_enrolment=enrolment, state=PhotoState.HELD)
    files = list(photos.values_list("file", flat=True))
    photos.delete()
    delete_on_commit(files)
