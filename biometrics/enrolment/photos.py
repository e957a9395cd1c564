"""What officials do with a voter's photos: add, remove, encode again, accept a resemblance."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.at_rest.disk_full import is_out_of_room
from accounts.audit import Action, record, user_subject
from accounts.models import User
from accounts.proposals.protected import needs_second_official, require_second_official
from biometrics.consent.agreement import has_consent, has_withdrawn
from biometrics.consent.erasure import delete_on_commit
from biometrics.enrolment import tasks
from biometrics.enrolment.held import drop_held, propose_photo, queue_photo
from biometrics.enrolment.intake import intake
from biometrics.enrolment.refusals import MAX_PHOTOS, PhotoDuplicate, PhotoRefusalCode, PhotoRefused
from biometrics.models import (
    AcceptedResemblance,
    PhotoReason,
    PhotoState,
    Reference,
    ReferencePhoto,
)
from biometrics.storage.photos import delete_photo, write_photo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.models import Proposal


def add_photo(
    user: User, data: bytes, added_by: User | None, *, now: datetime | None = None
) -> ReferencePhoto:
    """Keep a photo and have it encoded in the background.

    Raises PhotoRefused if the file is not acceptable, if the voter may not have another photo,
    or if the disk is full.
    """
    # No transaction around all of it: decoding a large picture takes long, and on SQLite nobody
    # else could write meanwhile.
    try:
        photo = store_photo(user, data, added_by, now=now)
    except (OSError, DatabaseError) as error:
        if not is_out_of_room(error):
            raise
        raise PhotoRefused(PhotoRefusalCode.NO_ROOM) from error
    if photo.state == PhotoState.WAITING:
        queue_photo(photo)
    return photo


def store_photo(
    user: User, data: bytes, added_by: User | None, *, now: datetime | None = None
) -> ReferencePhoto:
    """Keep a photo in the state "waiting". The caller has to encode it.

    If an official adds it for somebody who is on a fixed roll, its state is "held" instead:
    another official has to approve it first.

    Raises PhotoRefused if the file is not acceptable or the voter may not have another photo,
    and OSError or DatabaseError if it cannot be stored; then nothing is left of it.
    """
    if has_withdrawn(user):
        raise PhotoRefused(PhotoRefusalCode.CONSENT_WITHDRAWN)
    if not has_consent(user):
        raise PhotoRefused(PhotoRefusalCode.CONSENT_MISSING)
    jpeg = intake(data)
    photo = ReferencePhoto(user=user, added_by=added_by)
    photo.added_at = photo.queued_at = now or timezone.now()
    keep(photo, jpeg, partial(_insert, photo, added_by))
    return photo


def keep(photo: ReferencePhoto, jpeg: bytes, insert: Callable[[], None]) -> None:
    """Write the picture of a new row, then insert the row; if that fails, no file is left."""
    write_photo(photo, jpeg)
    try:
        insert()
    except BaseException:
        delete_photo(photo.file)
        raise


def lock_own_photos(photo: ReferencePhoto) -> QuerySet[ReferencePhoto]:
    """The photos of the voter who gets this new one, whose row stays locked in the transaction.

    Raises PhotoDuplicate if one of them is the same picture.
    """
    User.objects.select_for_update().get(pk=photo.user_id)
    own = ReferencePhoto.objects.filter(user_id=photo.user_id)
    same = own.filter(content_sha256=photo.content_sha256).first()
    if same is not None:
        raise PhotoDuplicate(same.pk)
    return own


@transaction.atomic
def _insert(photo: ReferencePhoto, added_by: User | None) -> None:
    """Raises PhotoDuplicate or PhotoRefused; the user's row is locked while photos are counted."""
    own = lock_own_photos(photo)
    if own.count() >= MAX_PHOTOS:
        raise PhotoRefused(PhotoRefusalCode.TOO_MANY)
    # Asked in this transaction: a roll may have been frozen while the picture was decoded.
    held = added_by is not None and needs_second_official(photo.user)
    photo.state = PhotoState.HELD if held else PhotoState.WAITING
    photo.save(force_insert=True)
    record(
        Action.PHOTO_ADDED, actor=added_by, subject=user_subject(photo.user_id), photo=str(photo.pk)
    )
    if photo.state == PhotoState.HELD and added_by is not None:
        propose_photo(photo, actor=added_by, now=photo.added_at)


@transaction.atomic
def remove_photo(
    photo: ReferencePhoto,
    *,
    actor: User | None,
    approved: Proposal | None = None,
    now: datetime | None = None,
) -> None:
    """Delete a photo's row and file, and have the reference made again from the other photos.

    Raises SecondOfficialNeeded for a photo of somebody on a fixed roll. A photo that is held may
    go at any time: nothing was made of it.
    """
    if drop_held(photo, actor=actor, now=now or timezone.now()):
        return
    require_second_official(photo.user, approved)
    deleted, _rows = ReferencePhoto.objects.filter(pk=photo.pk).delete()
    if not deleted:
        return
    delete_on_commit([photo.file])
    subject = user_subject(photo.user_id)
    record(Action.PHOTO_REMOVED, actor=actor, subject=subject, photo=str(photo.pk))
    references = Reference.objects.filter(user_id=photo.user_id)
    if ReferencePhoto.objects.filter(user_id=photo.user_id).exclude(encoder_sha256="").exists():
        references.update(stale_since=now or timezone.now())
    elif references.delete()[0]:
        record(Action.REFERENCE_ERASED, actor=actor, subject=subject, photos=0)
    _on_commit(partial(tasks.fuse_reference.delay, photo.user_id))


@transaction.atomic
def encode_again(photos: Iterable[ReferencePhoto], *, now: datetime | None = None) -> int:
    """Queue photos to be judged again, and return how many are queued.

    Photos whose file was not kept are left out, and so are those that are held or of a membership
    card, and those that a voter took and nobody has approved. The references
    stay in use until new ones are made.
    """
    keys = [photo.pk for photo in photos]
    kept = ReferencePhoto.objects.filter(pk__in=keys).exclude(file="")
    kept = kept.exclude(state__in=[PhotoState.HELD, PhotoState.CARD])
    again = list(kept)
    kept.update(
        state=PhotoState.WAITING,
        reason="",
        resembles=None,
        started_at=None,
        attempts=0,
        queued_at=now or timezone.now(),
    )
    for photo in again:
        queue_photo(photo)
    return len(again)


@transaction.atomic
def accept_resemblance(
    photo: ReferencePhoto,
    *,
    actor: User,
    approved: Proposal | None = None,
    now: datetime | None = None,
) -> None:
    """Store an official's decision that two voters who look alike are two people.

    Their faces are not compared with each other again. Raises NothingToAccept if the photo was
    not refused for looking like another voter, and SecondOfficialNeeded if the voter is on a
    fixed roll.
    """
    if photo.reason != PhotoReason.ALREADY_ENROLLED or photo.resembles_id is None:
        raise NothingToAccept
    require_second_official(photo.user, approved)
    _decision, created = AcceptedResemblance.objects.get_or_create(
        user_id=photo.user_id,
        other_id=photo.resembles_id,
        defaults={"accepted_by": actor, "accepted_at": now or timezone.now()},
    )
    if created:
        record(
            Action.RESEMBLANCE_ACCEPTED,
            actor=actor,
            subject=user_subject(photo.user_id),
            other=photo.resembles_id,
        )
    _on_commit(partial(tasks.fuse_reference.delay, photo.user_id))


class NothingToAccept(ValueError):
    """The photo is not refused for looking like somebody else."""


def _on_commit(send: Callable[[], object]) -> None:
    """Send a task after the commit.

    If the broker is down, the request still succeeds: the sweep queues the work again.
    """
    transaction.on_commit(send, robust=True)
