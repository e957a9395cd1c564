"""Encodes every voter's photos again for a new encoder. Until then the old references serve."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from biometrics.enrolment.encoding import CLAIM_LIFE, Outcome, judge
from biometrics.enrolment.lock import lock_enrolment
from biometrics.enrolment.references import (
    RELATIVE,
    make_reference,
    prepare_search,
    store_reference,
)
from biometrics.models import PhotoState, Reference, ReferencePhoto
from biometrics.storage.templates import photo_binding, seal_template

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from biometrics.engine.pipeline import Engine

# References of the previous encoder are kept this long, for processes that still run with it.
GRACE = timedelta(days=7)


def outdated_photos(encoder_sha256: str) -> QuerySet[ReferencePhoto]:
    """Return the photos whose template is of another encoder and whose file was kept."""
    return (
        ReferencePhoto.objects.filter(
            Q(state=PhotoState.USABLE) | Q(state=PhotoState.REFUSED, reason__in=RELATIVE)
        )
        .exclude(encoder_sha256=encoder_sha256)
        .exclude(file="")
    )


def lost_voters(encoder_sha256: str) -> int:
    """Count the voters who have only templates of another encoder, and no photo for a new one."""
    current = Reference.objects.filter(encoder_sha256=encoder_sha256).values("user_id")
    fileless = ReferencePhoto.objects.filter(state=PhotoState.USABLE, file="")
    others = fileless.exclude(encoder_sha256=encoder_sha256).exclude(user_id__in=current)
    return others.values("user_id").distinct().count()


def outdated_people(encoder_sha256: str) -> list[int]:
    """Return the ids of the users with outdated photos."""
    photos = outdated_photos(encoder_sha256).order_by("user_id")
    return list(photos.values_list("user_id", flat=True).distinct())


def claim_outdated(encoder_sha256: str, *, now: datetime, most: int) -> list[int]:
    """Return at most `most` users to encode again; each is returned once in CLAIM_LIFE."""
    photos = outdated_photos(encoder_sha256).exclude(queued_at__gt=now - CLAIM_LIFE)
    people = list(photos.order_by("user_id").values_list("user_id", flat=True).distinct()[:most])
    outdated_photos(encoder_sha256).filter(user_id__in=people).update(queued_at=now)
    return people


def reencode_voter(user_id: int, engine: Engine, *, now: datetime) -> None:
    """Encode all outdated photos of one user, and then make the reference.

    All of them are stored together, so that no reference is made of a part of the photos.
    """
    photos = list(outdated_photos(engine.encoder_sha256).filter(user_id=user_id))
    outcomes = [(photo, judge(photo, engine)) for photo in photos]
    prepare_search(engine)
    with transaction.atomic():
        lock_enrolment()
        for photo, outcome in outcomes:
            _write(photo, outcome, now=now)
        waiting = ReferencePhoto.objects.filter(user_id=user_id, state=PhotoState.WAITING)
        if outcomes and not waiting.exists():
            make_reference(user_id, engine, now=now)


def _write(photo: ReferencePhoto, outcome: Outcome, *, now: datetime) -> None:
    """Store the outcome, unless the photo has changed since it was read."""
    unchanged = ReferencePhoto.objects.filter(
        pk=photo.pk, state=photo.state, encoder_sha256=photo.encoder_sha256
    )
    if outcome.template is None:
        unchanged.update(
            state=PhotoState.REFUSED, reason=outcome.reason, template=b"", encoder_sha256=""
        )
        return
    encoder_sha256 = outcome.template.encoder_sha256
    binding = photo_binding(photo.user_id, encoder_sha256, photo.pk)
    unchanged.update(
        template=seal_template(outcome.template, bound_to=binding),
        encoder_sha256=encoder_sha256,
        quality=outcome.quality,
        encoded_at=now,
    )


def unprepared_people(encoder_sha256: str) -> list[int]:
    """Return the users who have usable photos with files, but no reference of this encoder."""
    ready = Reference.objects.filter(encoder_sha256=encoder_sha256).values("user_id")
    photos = ReferencePhoto.objects.filter(state=PhotoState.USABLE).exclude(file="")
    people = photos.exclude(user_id__in=ready).order_by("user_id")
    return list(people.values_list("user_id", flat=True).distinct())


def prepare_reference(user_id: int, engine: Engine, *, now: datetime) -> bool:
    """Make a reference for an encoder that is not in use yet, so that nobody waits later.

    The photos keep their templates of the encoder that is in use. Return whether a reference
    could be made.
    """
    photos = ReferencePhoto.objects.filter(user_id=user_id, state=PhotoState.USABLE)
    outcomes = [judge(photo, engine) for photo in photos.exclude(file="").order_by("added_at")]
    templates = [outcome.template for outcome in outcomes if outcome.template is not None]
    if not templates:
        return False
    fusion = engine.fuse(templates)
    with transaction.atomic():
        store_reference(user_id, fusion.template, photos=len(fusion.kept), now=now)
    return True
