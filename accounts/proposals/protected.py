"""Whose account one official alone may not change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.dispatch import Signal

if TYPE_CHECKING:
    from accounts.models import Proposal, User

# Sent with `user`. Voting receives it and answers whether this person is on a roll that is fixed:
# this package knows nothing of elections.
fixed_roll_asked = Signal()


class SecondOfficialNeeded(Exception):
    """Nothing was changed: for this account, another official must approve a proposal first."""


def needs_second_official(user: User) -> bool:
    """Whether credentials, address and face of this person are changed by two officials only."""
    return settings.SECOND_OFFICIAL and is_on_a_fixed_roll(user)


def is_on_a_fixed_roll(user: User) -> bool:
    """Whether this person can vote, or soon can, in an election that is frozen or open."""
    answers = fixed_roll_asked.send(sender=None, user=user)
    return any(answer for _receiver, answer in answers)


def require_second_official(user: User, approved: Proposal | None) -> None:
    """Raises SecondOfficialNeeded, unless a proposal about this very person is being carried out.

    Every function that changes what lets a person in asks it, so that no page can forget to.
    """
    if approved is not None and approved.approved and approved.person_id == user.pk:
        return
    if needs_second_official(user):
        raise SecondOfficialNeeded
