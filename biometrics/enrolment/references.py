"""Makes one reference from a voter's photos, or stores the reason why there is none."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from accounts.at_rest.sealing import SealBroken
from accounts.audit import Action, record, user_subject
from biometrics.enrolment.gallery import Gallery
from biometrics.enrolment.lock import lock_enrolment
from biometrics.enrolment.notices import notify_voter
from biometrics.models import PhotoReason, PhotoState, Reference, ReferencePhoto
from biometrics.storage.templates import photo_template, reference_binding, seal_template

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from biometrics.engine.pipeline import Engine
    from biometrics.engine.types import Template

# These two reasons depend on other photos, and can change when other photos come or go.
RELATIVE = (PhotoReason.DOES_NOT_FIT, PhotoReason.ALREADY_ENROLLED)

_galleries = threading.local()


@transaction.atomic
def make_reference(user_id: int, engine: Engine, *, now: datetime) -> Reference | None:
    """Fuse the photos that fit together, search the face among all other voters, and store it.

    Return None if no photo can be used, or if the face is already enrolled for another voter.
    All photos are judged again from their templates, so a second run changes nothing. Call
    `prepare_search` before the transaction.
    """
    lock_enrolment()
    candidates = _candidates(user_id, engine)
    if not candidates:
        _drop(user_id, engine)
        return None
    photos, templates = zip(*candidates, strict=True)
    fusion = engine.fuse(templates)
    kept = [photos[index] for index in fusion.kept]
    _refuse([photos[index] for index in fusion.rejected], PhotoReason.DOES_NOT_FIT)
    other_id = resembling_voter(user_id, fusion.template, engine)
    if other_id is not None:
        _refuse(kept, PhotoReason.ALREADY_ENROLLED, resembles_id=other_id)
        _drop(user_id, engine)
        return None
    _accept(kept)
    notify_voter(user_id, kept, now=now)
    return store_reference(user_id, fusion.template, photos=len(kept), now=now)


def prepare_search(engine: Engine) -> None:
    """Open all references that are new. Right after its start a worker has to open every one.

    That takes seconds for a long roll, and in a transaction nobody else could write meanwhile.
    """
    _gallery(engine.encoder_sha256).refresh()


def resembling_voter(user_id: int, template: Template, engine: Engine) -> int | None:
    """Return another voter whose reference matches this face at the threshold for searches."""
    gallery = _gallery(engine.encoder_sha256)
    gallery.refresh()
    return engine.identify(template, gallery.others(user_id))


def _gallery(encoder_sha256: str) -> Gallery:
    gallery: Gallery | None = getattr(_galleries, "gallery", None)
    if gallery is None or gallery.encoder_sha256 != encoder_sha256:
        gallery = _galleries.gallery = Gallery(encoder_sha256)
    return gallery


def _candidates(user_id: int, engine: Engine) -> list[tuple[ReferencePhoto, Template]]:
    candidates = []
    photos = ReferencePhoto.objects.filter(
        Q(state=PhotoState.USABLE) | Q(state=PhotoState.REFUSED, reason__in=RELATIVE),
        user_id=user_id,
        encoder_sha256=engine.encoder_sha256,
    ).order_by("added_at", "pk")
    for photo in photos:
        try:
            candidates.append((photo, photo_template(photo, engine.encoder_name)))
        except SealBroken:
            _refuse([photo], PhotoReason.UNREADABLE)
    return candidates


def _refuse(
    photos: Iterable[ReferencePhoto], reason: PhotoReason, *, resembles_id: int | None = None
) -> None:
    keys = [photo.pk for photo in photos]
    ReferencePhoto.objects.filter(pk__in=keys).update(
        state=PhotoState.REFUSED, reason=reason, resembles_id=resembles_id
    )


def _accept(photos: Iterable[ReferencePhoto]) -> None:
    keys = [photo.pk for photo in photos]
    ReferencePhoto.objects.filter(pk__in=keys).update(
        state=PhotoState.USABLE, reason="", resembles_id=None
    )


def _drop(user_id: int, engine: Engine) -> None:
    """Delete the reference of this encoder: no photo supports it any more."""
    gone, _rows = Reference.objects.filter(
        user_id=user_id, encoder_sha256=engine.encoder_sha256
    ).delete()
    # A reference of an earlier encoder stays only as long as its photos wait to be encoded again.
    outdated = ReferencePhoto.objects.filter(user_id=user_id, state=PhotoState.USABLE)
    if not outdated.exists():
        gone += Reference.objects.filter(user_id=user_id).delete()[0]
    if gone:
        record(Action.REFERENCE_ERASED, actor=None, subject=user_subject(user_id), photos=0)


def store_reference(user_id: int, template: Template, *, photos: int, now: datetime) -> Reference:
    """Store a voter's fused template in place of the one before, in the caller's transaction.

    `photos` is how many photos it was made of.
    """
    binding = reference_binding(user_id, template.encoder_sha256)
    reference, _created = Reference.objects.update_or_create(
        user_id=user_id,
        encoder_sha256=template.encoder_sha256,
        defaults={
            "encoder": template.encoder,
            "template": seal_template(template, bound_to=binding),
            "photos_used": photos,
            "made_at": now,
            "stale_since": None,
        },
    )
    # A reference of another encoder goes if one of its photos was removed since it was made.
    others = Reference.objects.filter(user_id=user_id, stale_since__isnull=False)
    others.exclude(pk=reference.pk).delete()
    record(Action.REFERENCE_MADE, actor=None, subject=user_subject(user_id), photos=photos)
    return reference


def renew(user_id: int, engine: Engine, *, now: datetime) -> None:
    """Make the reference again, after a photo was removed or an official has decided on one.

    If photos are waiting, nothing is done: the last of them makes the reference.
    """
    prepare_search(engine)
    with transaction.atomic():
        lock_enrolment()
        waiting = ReferencePhoto.objects.filter(user_id=user_id, state=PhotoState.WAITING)
        if not waiting.exists():
            make_reference(user_id, engine, now=now)
