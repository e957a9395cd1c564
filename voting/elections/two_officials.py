"""What holds for every step of an election that two officials take together.

Joint steps and changes of a fixed roll are proposed, approved and declined by the same rule as
changes of accounts (accounts/proposals/second_official.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.proposals.second_official import (
    ProposalRefusalCode,
    ProposalRefused,
    require_official,
    require_second,
)
from accounts.proposals.words import REFUSED
from voting.refusals import StepRefused

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from voting.models import JointStep, RollChange


def require_proposer(actor: User, permission: str) -> None:
    """Raises StepRefused. Not only the pages ask this: whoever calls is held to it."""
    try:
        require_official(actor, permission)
    except ProposalRefused as refused:
        raise StepRefused(REFUSED[refused.code]) from refused


def require_second_official(
    actor: User, permission: str, step: JointStep | RollChange, *, now: datetime
) -> None:
    """Raises StepRefused unless this official may approve what another one proposed."""
    try:
        require_second(actor, permission, proposed_by=step.proposed_by_id, now=now)
    except ProposalRefused as refused:
        raise StepRefused(REFUSED[refused.code]) from refused


def mark_approved(step: JointStep | RollChange, *, actor: User) -> None:
    """Of several officials at once, one approves. Raises StepRefused for the others."""
    _decide(step, approved_by=actor)


def mark_declined(step: JointStep | RollChange, *, actor: User, permission: str) -> None:
    """Nothing else changes; who proposed it may also take it back. Raises StepRefused."""
    if step.proposed_by_id != actor.pk:
        require_proposer(actor, permission)
    _decide(step, declined_by=actor)


def _decide(step: JointStep | RollChange, **decision: User) -> None:
    undecided = type(step).objects.filter(pk=step.pk, approved_by=None, declined_by=None)
    if undecided.update(**decision) != 1:
        raise StepRefused(REFUSED[ProposalRefusalCode.NOT_WAITING])
    step.refresh_from_db()
