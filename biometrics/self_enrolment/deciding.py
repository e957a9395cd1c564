"""What becomes of photos that a voter has handed in: approved or refused, by one or two officials.

Nothing is enrolled before. After it the photos go the way of all others: a worker encodes them and
searches the face once more, in the transaction that makes the reference.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import Action, record, user_subject
from accounts.models import NoticeKind
from accounts.notices import mailing
from accounts.proposals import deciding as proposals
from accounts.proposals.kinds import Kind, Outcome
from accounts.proposals.protected import SecondOfficialNeeded, require_second_official
from accounts.proposals.second_official import ProposalRefusalCode, ProposalRefused
from biometrics.consent.agreement import has_consent
from biometrics.enrolment.held import queue_photo
from biometrics.models import (
    AcceptedResemblance,
    PhotoState,
    ReferencePhoto,
    SelfEnrolment,
    SelfEnrolmentRefusal,
    SelfEnrolmentState,
)
from biometrics.self_enrolment.policy import WITH_THE_OFFICE
from biometrics.self_enrolment.showing import pictures_of
from biometrics.self_enrolment.taking import drop_photos

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Proposal, User

PERMISSION = "biometrics.add_referencephoto"


class DecisionRefusalCode(StrEnum):
    """Why photos can not be decided on."""

    NOT_WAITING = "not_waiting"
    NOT_SEARCHED = "not_searched"
    TWO_NAMES = "two_names"
    ONESELF = "oneself"
    NO_CONSENT = "no_consent"


WORDS = {
    DecisionRefusalCode.NOT_WAITING: gettext_lazy("This was decided on already, or taken back."),
    DecisionRefusalCode.NOT_SEARCHED: gettext_lazy(
        "The face is still being searched under other names. Wait a moment and try again."
    ),
    DecisionRefusalCode.TWO_NAMES: gettext_lazy(
        "This face looks like another voter's. Refuse the photos, or say that they are two people."
    ),
    DecisionRefusalCode.ONESELF: gettext_lazy("Nobody decides on the own photos."),
    DecisionRefusalCode.NO_CONSENT: gettext_lazy("This voter does not agree to the face check."),
}


class DecisionRefused(Exception):
    """Nothing was decided; `code` says why."""

    def __init__(self, code: DecisionRefusalCode) -> None:
        super().__init__(code)
        self.code = code

    @property
    def words(self) -> str:
        return str(WORDS[self.code])


@transaction.atomic
def approve(
    enrolment_id: int,
    *,
    actor: User,
    two_people: bool = False,
    approved: Proposal | None = None,
    now: datetime,
) -> None:
    """Let the photos be enrolled. `two_people`: the voter only looks like the other one.

    Raises DecisionRefused, and SecondOfficialNeeded where two officials decide.
    """
    enrolment = _locked(enrolment_id, proposed=approved is not None)
    if actor.pk == enrolment.user_id:
        raise DecisionRefused(DecisionRefusalCode.ONESELF)
    if enrolment.searched_at is None:
        raise DecisionRefused(DecisionRefusalCode.NOT_SEARCHED)
    if enrolment.resembles_id is not None and not two_people:
        raise DecisionRefused(DecisionRefusalCode.TWO_NAMES)
    if settings.SELF_ENROLMENT_FOUR_EYES and approved is None:
        raise SecondOfficialNeeded
    require_second_official(enrolment.user, approved)
    if enrolment.resembles_id is not None:
        _accept_resemblance(enrolment, actor, now)
    _enrol(enrolment, actor=actor, now=now)


def approve_by_card(enrolment: SelfEnrolment, *, now: datetime) -> None:
    """Let the photos be enrolled because the membership card's photo matches; by no official."""
    with transaction.atomic():
        _enrol(_locked(enrolment.pk), actor=None, now=now)


def approve_or_propose(
    enrolment_id: int, *, actor: User, two_people: bool = False, now: datetime
) -> bool:
    """Approve; False if it is only proposed now. Raises DecisionRefused and ProposalRefused."""
    try:
        approve(enrolment_id, actor=actor, two_people=two_people, now=now)
    except SecondOfficialNeeded:
        with transaction.atomic():
            enrolment = _locked(enrolment_id)
            detail = {"self_enrolment": enrolment.pk, "two_people": two_people}
            proposals.propose(
                APPROVE_PHOTOS, actor=actor, person=enrolment.user, detail=detail, now=now
            )
            _move(enrolment, SelfEnrolmentState.PROPOSED)
        return False
    return True


@transaction.atomic
def refuse(
    enrolment_id: int, reason: SelfEnrolmentRefusal, *, actor: User | None, now: datetime
) -> None:
    """Delete the photos and tell the voter why. Raises DecisionRefused."""
    enrolment = _locked(enrolment_id)
    _decide(enrolment, SelfEnrolmentState.REFUSED, actor=actor, now=now, reason=reason)
    drop_photos(enrolment)
    user = enrolment.user
    subject = user_subject(user.pk)
    record(Action.OWN_PHOTOS_REFUSED, actor=actor, subject=subject, reason=str(reason))
    mailing.tell(user, NoticeKind.PHOTOS_REFUSED, address=user.email, now=now)


def _locked(enrolment_id: int, *, proposed: bool = False) -> SelfEnrolment:
    """The self-enrolment, locked; raises DecisionRefused if it is not to be decided on now."""
    state = SelfEnrolmentState.PROPOSED if proposed else SelfEnrolmentState.HANDED_IN
    waiting = SelfEnrolment.objects.select_for_update(of=("self",)).select_related("user")
    enrolment = waiting.filter(pk=enrolment_id, state=state).first()
    if enrolment is None:
        raise DecisionRefused(DecisionRefusalCode.NOT_WAITING)
    return enrolment


def _enrol(enrolment: SelfEnrolment, *, actor: User | None, now: datetime) -> None:
    user = enrolment.user
    if not has_consent(user):
        raise DecisionRefused(DecisionRefusalCode.NO_CONSENT)
    held = ReferencePhoto.objects.filter(self_enrolment=enrolment, state=PhotoState.HELD)
    photos = list(held)
    if not photos:
        raise DecisionRefused(DecisionRefusalCode.NOT_WAITING)
    _decide(enrolment, SelfEnrolmentState.APPROVED, actor=actor, now=now)
    held.update(state=PhotoState.WAITING, queued_at=now)
    for photo in photos:
        queue_photo(photo)
    subject = user_subject(user.pk)
    record(Action.OWN_PHOTOS_APPROVED, actor=actor, subject=subject, photos=len(photos))


def _decide(
    enrolment: SelfEnrolment,
    state: SelfEnrolmentState,
    *,
    actor: User | None,
    now: datetime,
    reason: str = "",
) -> None:
    enrolment.state, enrolment.reason = state, reason
    enrolment.decided_by, enrolment.decided_at = actor, now
    enrolment.save(update_fields=["state", "reason", "decided_by", "decided_at"])


def _move(enrolment: SelfEnrolment, state: SelfEnrolmentState) -> None:
    enrolment.state = state
    enrolment.save(update_fields=["state"])


def _accept_resemblance(enrolment: SelfEnrolment, actor: User, now: datetime) -> None:
    _row, created = AcceptedResemblance.objects.get_or_create(
        user_id=enrolment.user_id,
        other_id=enrolment.resembles_id,
        defaults={"accepted_by": actor, "accepted_at": now},
    )
    if created:
        subject = user_subject(enrolment.user_id)
        record(
            Action.RESEMBLANCE_ACCEPTED, actor=actor, subject=subject, other=enrolment.resembles_id
        )


def _proposed(proposal: Proposal) -> SelfEnrolment | None:
    waiting = SelfEnrolment.objects.filter(user=proposal.about, state__in=WITH_THE_OFFICE)
    return waiting.filter(pk=proposal.detail.get("self_enrolment")).first()


def _carry_out(proposal: Proposal, actor: User, now: datetime) -> Outcome:
    two_people = bool(proposal.detail.get("two_people"))
    number = int(proposal.detail["self_enrolment"])
    try:
        approve(number, actor=actor, two_people=two_people, approved=proposal, now=now)
    except DecisionRefused as refusal:
        raise ProposalRefused(ProposalRefusalCode.NOT_POSSIBLE) from refusal
    return Outcome(_("The photos are queued."))


def _decline(proposal: Proposal) -> None:
    """The photos go back to the list: whoever looks next says to the voter why."""
    enrolment = _proposed(proposal)
    if enrolment is not None:
        _move(enrolment, SelfEnrolmentState.HANDED_IN)


def _describe(proposal: Proposal) -> str:
    """The pictures themselves: whoever approves a face must see it."""
    enrolment = _proposed(proposal)
    pictures = pictures_of(enrolment) if enrolment is not None else []
    if not pictures:
        return _("The photos are gone.")
    parts = [
        format_html('<img class="held-photo" src="{}" alt="{}">', uri, _("A photo to be enrolled"))
        for uri in pictures
    ]
    return format_html("{}" * len(parts), *parts)


APPROVE_PHOTOS = Kind(
    name="approve-own-photos",
    label=gettext_lazy("Enrol the photos that a voter took"),
    permission=PERMISSION,
    carry_out=_carry_out,
    describe=_describe,
    decline=_decline,
)
