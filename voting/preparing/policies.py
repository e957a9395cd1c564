"""What an election allows its voters at home. It may change at any time: nothing depends on it.

Who may bring a face in, and whether everybody may ask who stands on the roll.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.audit import Action, record
from biometrics.models import EnrolmentPolicy
from biometrics.self_enrolment.policy import site_policy
from voting.models import Election, State, election_subject

if TYPE_CHECKING:
    from accounts.models import User

# Before an election is closed, its voters get ready for it.
COMING = (State.DRAFT, State.FROZEN, State.OPEN)


@dataclass(frozen=True, slots=True)
class AtHome:
    """`self_enrolment` is empty where the site's own policy holds."""

    self_enrolment: str
    roll_check: bool


def policies_of(sender: object, user: User, **_: Any) -> list[str]:
    """Receives the signal `self_enrolment_asked`: the policies of this voter's coming elections."""
    elections = Election.objects.filter(
        roll__user=user, roll__removed_by__isnull=True, state__in=COMING
    )
    chosen = set(elections.values_list("self_enrolment", flat=True))
    return [policy or str(site_policy()) for policy in chosen]


@transaction.atomic
def change(election: Election, wanted: AtHome, *, actor: User) -> None:
    """Raises ValueError for a policy that there is not."""
    policy = EnrolmentPolicy(wanted.self_enrolment) if wanted.self_enrolment else ""
    Election.objects.filter(pk=election.pk).update(
        self_enrolment=policy, roll_check=wanted.roll_check
    )
    record(
        Action.ELECTION_CHANGED,
        actor=actor,
        subject=election_subject(election.pk),
        part="at home",
        self_enrolment=str(policy),
        roll_check=wanted.roll_check,
    )
