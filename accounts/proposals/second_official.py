"""The rule of everything that takes two officials: one proposes, and another one approves.

Changes of accounts and faces, of a fixed roll and of an election all ask it, and so does letting in
a voter whose face step fails. What they keep differs: a proposal about an account forgets what
it was about once it is decided, while the board tells steps of an election and changes of its roll.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User


class ProposalRefusalCode(StrEnum):
    NOT_ALLOWED = "not_allowed"
    SAME_OFFICIAL = "same_official"
    ONESELF = "oneself"
    NOT_YET = "not_yet"
    NOT_WAITING = "not_waiting"
    NOT_POSSIBLE = "not_possible"


class ProposalRefused(Exception):
    """Nothing was changed; `code` says why."""

    def __init__(self, code: ProposalRefusalCode) -> None:
        super().__init__(code)
        self.code = code


def require_official(actor: User, permission: str) -> None:
    """Raises ProposalRefused unless this is an official who may propose such an act."""
    if not actor.is_active or not actor.is_staff or not actor.has_perm(permission):
        raise ProposalRefused(ProposalRefusalCode.NOT_ALLOWED)


def require_second(
    actor: User,
    permission: str,
    *,
    proposed_by: int,
    about: int | None = None,
    now: datetime,
) -> None:
    """Raises ProposalRefused unless this official may approve what `proposed_by` has proposed.

    `about` is the number of the person whom it concerns.
    """
    require_official(actor, permission)
    if proposed_by == actor.pk:
        raise ProposalRefused(ProposalRefusalCode.SAME_OFFICIAL)
    if about == actor.pk:
        raise ProposalRefused(ProposalRefusalCode.ONESELF)
    if actor.may_approve_from is not None and actor.may_approve_from > now:
        raise ProposalRefused(ProposalRefusalCode.NOT_YET)
