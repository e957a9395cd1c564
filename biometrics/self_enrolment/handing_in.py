"""A voter hands own photos in; a worker searches the face under other names and on the card."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from celery import shared_task
from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone

from accounts.audit import Action, record, user_subject
from accounts.proposals.protected import needs_second_official
from biometrics.consent.agreement import has_consent
from biometrics.engine_loader import engine as loaded_engine
from biometrics.enrolment import references
from biometrics.enrolment.gallery import accepted_as_different
from biometrics.models import (
    EnrolmentPolicy,
    PhotoState,
    ReferencePhoto,
    SelfEnrolment,
    SelfEnrolmentState,
)
from biometrics.self_enrolment import deciding
from biometrics.self_enrolment.card import card_template
from biometrics.self_enrolment.policy import WITH_THE_OFFICE, policy_for
from biometrics.storage.templates import photo_template

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from biometrics.engine.pipeline import Engine
    from biometrics.engine.types import Template

# Refused photos can be taken again, but nobody may keep the office busy.
MOST_A_DAY = 5
DAY = timedelta(hours=24)
# A search takes a second. One that was asked for longer ago was lost.
SEARCH_LIFE = timedelta(minutes=1)


class HandInRefusalCode(StrEnum):
    NOTHING_TAKEN = "nothing_taken"
    NOT_USABLE = "not_usable"
    TOO_OFTEN = "too_often"
    NOT_OFFERED = "not_offered"


class HandInRefused(Exception):
    """Nothing was handed in; `code` says why."""

    def __init__(self, code: HandInRefusalCode) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def hand_in(user: User, *, now: datetime) -> SelfEnrolment:
    """Give the photos that the voter has taken to the office. Raises HandInRefused."""
    if policy_for(user) == EnrolmentPolicy.OFFICIALS or not has_consent(user):
        raise HandInRefused(HandInRefusalCode.NOT_OFFERED)
    own = SelfEnrolment.objects.filter(user=user)
    taken = own.select_for_update().filter(state=SelfEnrolmentState.TAKEN).first()
    if taken is None:
        raise HandInRefused(HandInRefusalCode.NOTHING_TAKEN)
    if not taken.photos.exists():
        raise HandInRefused(HandInRefusalCode.NOT_USABLE)
    if own.filter(handed_in_at__gt=now - DAY).count() >= MOST_A_DAY:
        raise HandInRefused(HandInRefusalCode.TOO_OFTEN)
    taken.state, taken.handed_in_at = SelfEnrolmentState.HANDED_IN, now
    taken.save(update_fields=["state", "handed_in_at"])
    record(Action.OWN_PHOTOS_HANDED_IN, actor=user, subject=user_subject(user.pk))
    transaction.on_commit(partial(search_self_enrolment.delay, taken.pk), robust=True)
    return taken


def unsearched(*, now: datetime) -> list[int]:
    """Self-enrolments whose search was lost."""
    lost = SelfEnrolment.objects.filter(
        state=SelfEnrolmentState.HANDED_IN,
        searched_at__isnull=True,
        handed_in_at__lt=now - SEARCH_LIFE,
    )
    return list(lost.values_list("pk", flat=True))


@shared_task(
    name="biometrics.tasks.search_self_enrolment",
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=5,
)
def search_self_enrolment(enrolment_id: int) -> None:
    search(enrolment_id, loaded_engine(), now=timezone.now())


def search(enrolment_id: int, engine: Engine, *, now: datetime) -> None:
    """Note who else has this face and whether the membership card shows it.

    Where the site asks for no official, and everything speaks for the voter, it is approved at
    once. A second run changes nothing.
    """
    waiting = SelfEnrolment.objects.filter(
        pk=enrolment_id, state=SelfEnrolmentState.HANDED_IN, searched_at__isnull=True
    )
    enrolment = waiting.select_related("user").first()
    if enrolment is None:
        return
    templates = _templates(enrolment, engine)
    if not templates:
        # Of another encoder: the worker makes them anew when an official has approved.
        waiting.update(searched_at=now)
        return
    face = engine.fuse(templates).template
    card = card_template(enrolment.user, engine)
    fits = None if card is None else engine.compare_fused(card, templates).match
    found = _somebody_else(enrolment, face, engine)
    if waiting.update(searched_at=now, resembles_id=found, fits_card=fits):
        enrolment.refresh_from_db()
        _approve_at_once(enrolment, now=now)


def _templates(enrolment: SelfEnrolment, engine: Engine) -> list[Template]:
    photos = ReferencePhoto.objects.filter(
        self_enrolment=enrolment,
        state=PhotoState.HELD,
        encoder_sha256=engine.encoder_sha256,
    )
    return [
        photo_template(photo, engine.encoder_name) for photo in photos.order_by("added_at", "pk")
    ]


def _somebody_else(enrolment: SelfEnrolment, face: Template, engine: Engine) -> int | None:
    """Another voter with this face: enrolled, or one whose own photos wait as well."""
    enrolled = references.resembling_voter(enrolment.user_id, face, engine)
    if enrolled is not None:
        return enrolled
    left_out = accepted_as_different(enrolment.user_id) | {enrolment.user_id}
    others = SelfEnrolment.objects.filter(state__in=WITH_THE_OFFICE).exclude(user_id__in=left_out)
    faces = {other.user_id: _templates(other, engine) for other in others}
    gallery = {key: engine.fuse(found).template for key, found in faces.items() if found}
    return engine.identify(face, gallery)


def _approve_at_once(enrolment: SelfEnrolment, *, now: datetime) -> None:
    """Without an official: the card's photo matches, and nothing else asks for one."""
    user = enrolment.user
    automatic = policy_for(user) == EnrolmentPolicy.AUTOMATIC
    if not (automatic and enrolment.fits_card and enrolment.resembles_id is None):
        return
    if settings.SELF_ENROLMENT_FOUR_EYES or needs_second_official(user):
        return
    deciding.approve_by_card(enrolment, now=now)
