"""One official proposes a change, another approves or declines it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.audit import Action, record, user_subject
from accounts.models import NoticeKind, Proposal
from accounts.notices import mailing
from accounts.proposals.kinds import Kind, Outcome, kind_of
from accounts.proposals.second_official import (
    ProposalRefusalCode,
    ProposalRefused,
    require_official,
    require_second,
)

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.models import User

PERMISSION = "accounts.approve_proposal"
# What nobody approves must not stay usable when everybody has forgotten it.
LIFE = timedelta(days=7)


@transaction.atomic
def propose(
    kind: Kind,
    *,
    actor: User,
    person: User | None = None,
    detail: dict[str, Any] | None = None,
    now: datetime,
) -> Proposal:
    """Store what an official proposes, and tell the person whom it is about, at today's address.

    The same proposal again changes nothing.

    Raises ProposalRefused if the official may not make this kind of change at all.
    """
    require_official(actor, kind.permission)
    detail = detail or {}
    for earlier in waiting(now=now).filter(kind=kind.name, person=person):
        if earlier.detail == detail:
            return earlier
    proposal = Proposal.objects.create(
        kind=kind.name, person=person, detail=detail, proposed_by=actor, proposed_at=now
    )
    _record(Action.CHANGE_PROPOSED, proposal, actor=actor)
    if person is not None:
        mailing.tell(person, NoticeKind.CHANGE_PROPOSED, address=person.email, now=now)
    return proposal


def waiting(*, now: datetime) -> QuerySet[Proposal]:
    """The proposals that another official can still approve."""
    return Proposal.objects.filter(decided_at=None, proposed_at__gt=now - LIFE)


@transaction.atomic
def approve(proposal: Proposal, *, actor: User, now: datetime) -> Outcome:
    """Make the proposed change. Raises ProposalRefused; then nothing has changed."""
    proposed_by, about = proposal.proposed_by_id, proposal.person_id
    require_second(actor, PERMISSION, proposed_by=proposed_by, about=about, now=now)
    still_waiting = waiting(now=now).filter(pk=proposal.pk)
    if not still_waiting.update(decided_by=actor, decided_at=now, approved=True):
        raise ProposalRefused(ProposalRefusalCode.NOT_WAITING)
    decided = Proposal.objects.get(pk=proposal.pk)
    outcome = kind_of(decided).carry_out(decided, actor, now)
    _record(Action.CHANGE_APPROVED, decided, actor=actor)
    _forget_detail(decided)
    return outcome


@transaction.atomic
def decline(proposal: Proposal, *, actor: User, now: datetime) -> None:
    """Decide against it; who proposed it may also take it back. Raises ProposalRefused."""
    if proposal.proposed_by_id != actor.pk:
        require_official(actor, PERMISSION)
    _end(proposal, actor=actor, now=now)


def expire(*, now: datetime) -> int:
    """Decline everything that nobody approved in time. Returns how many there were."""
    old = Proposal.objects.filter(decided_at=None, proposed_at__lte=now - LIFE)
    for proposal in old:
        with transaction.atomic():
            _end(proposal, actor=None, now=now)
    return len(old)


def _end(proposal: Proposal, *, actor: User | None, now: datetime) -> None:
    undecided = Proposal.objects.filter(pk=proposal.pk, decided_at=None)
    if not undecided.update(decided_by=actor, decided_at=now, approved=False):
        raise ProposalRefused(ProposalRefusalCode.NOT_WAITING)
    kind_of(proposal).decline(proposal)
    _record(Action.CHANGE_DECLINED, proposal, actor=actor)
    _forget_detail(proposal)


def _forget_detail(proposal: Proposal) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(detail={})


def _record(action: Action, proposal: Proposal, *, actor: User | None) -> None:
    person = user_subject(proposal.person_id) if proposal.person_id else ""
    record(action, actor=actor, subject=person, proposal=proposal.pk, kind=proposal.kind)
