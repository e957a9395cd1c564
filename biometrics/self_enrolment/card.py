"""The photo of a membership card: what a voter's own photos are compared with, and nothing else.

Officials place it, also before the voter has agreed to the face check: nothing is computed of it
until the voter has, and has handed own photos in.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.at_rest.sealing import SealBroken
from accounts.audit import Action, record, user_subject
from biometrics.consent.agreement import has_withdrawn
from biometrics.consent.erasure import delete_on_commit
from biometrics.engine.errors import ImageRefused
from biometrics.enrolment.intake import intake
from biometrics.enrolment.photos import keep, lock_own_photos
from biometrics.enrolment.refusals import PhotoRefusalCode, PhotoRefused
from biometrics.models import PhotoState, ReferencePhoto
from biometrics.storage.photos import PhotoGone, read_photo

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from biometrics.engine.pipeline import Engine
    from biometrics.engine.types import Template


def card_of(user: User) -> ReferencePhoto | None:
    return ReferencePhoto.objects.filter(user=user, state=PhotoState.CARD).first()


def card_template(user: User, engine: Engine) -> Template | None:
    """The template of the card's photo, made anew each time; None if no face is to be had of it."""
    card = card_of(user)
    if card is None:
        return None
    try:
        return engine.enrol(read_photo(card)).template
    except (PhotoGone, SealBroken, ImageRefused):
        return None


def place_card(user: User, data: bytes, *, actor: User | None, now: datetime) -> ReferencePhoto:
    """Keep the photo of a membership card, in place of the one before.

    Raises PhotoRefused if the file is not acceptable or the voter has withdrawn the consent, and
    OSError or DatabaseError if it cannot be stored.
    """
    if has_withdrawn(user):
        raise PhotoRefused(PhotoRefusalCode.CONSENT_WITHDRAWN)
    jpeg = intake(data)
    card = ReferencePhoto(user=user, added_by=actor, state=PhotoState.CARD)
    card.added_at = card.queued_at = now
    keep(card, jpeg, partial(_replace, card, actor))
    return card


@transaction.atomic
def _replace(card: ReferencePhoto, actor: User | None) -> None:
    before = lock_own_photos(card).filter(state=PhotoState.CARD)
    delete_on_commit(list(before.values_list("file", flat=True)))
    before.delete()
    card.save(force_insert=True)
    subject = user_subject(card.user_id)
    record(Action.CARD_PHOTO_PLACED, actor=actor, subject=subject, photo=str(card.pk))
