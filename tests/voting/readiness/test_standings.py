from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from biometrics.models import Reference
from tests.support.people import PASSWORD, enrol
from tests.support.polls import draft_election
from voting.models import RollChange, VoterRollEntry
from voting.readiness.standings import (
    Standing,
    in_standing,
    standing_counts,
    voters_of,
    with_standing,
)

if TYPE_CHECKING:
    from tests.support.polls import Poll

pytestmark = pytest.mark.django_db


@pytest.fixture
def poll() -> Poll:
    """One voter for each standing, in the order of the way, and one without an account."""
    poll = draft_election(voters=6)
    for number, user in enumerate(poll.users):
        user.email = f"v{number}@example.org" if number else ""
        user.set_unusable_password()
        if number >= 2:
            user.set_password(PASSWORD)
        user.save()
        if number >= 3:
            enrol(user)
        if number >= 4:
            Reference.objects.filter(user=user).update(verified_at=timezone.now())
    poll.election.roll.filter(user=poll.users[5]).update(has_voted=True)
    VoterRollEntry.objects.create(election=poll.election, name="No account", voter_number="N9")
    return poll


def test_each_voter_stands_at_what_is_missing_next(poll: Poll) -> None:
    voters = with_standing(voters_of(poll.election)).order_by("number_key")

    assert list(voters.values_list("voter_number", "standing")) == [
        ("N0", Standing.NO_ADDRESS),
        ("N1", Standing.NO_PASSWORD),
        ("N2", Standing.NO_FACE),
        ("N3", Standing.NEVER_CHECKED),
        ("N4", Standing.READY),
        ("N5", Standing.VOTED),
        ("N9", Standing.NO_ADDRESS),
    ]


def test_the_list_of_a_standing_and_its_count_agree(poll: Poll) -> None:
    counts = {count.standing: count.voters for count in standing_counts(poll.election)}

    for standing in Standing:
        listed = in_standing(voters_of(poll.election), standing)
        assert listed.count() == counts[standing]
        assert set(with_standing(listed).values_list("standing", flat=True)) == {standing.value}
    assert sum(counts.values()) == 7


def test_a_voter_with_a_password_and_without_an_address_goes_on(poll: Poll) -> None:
    poll.users[2].email = ""
    poll.users[2].save()

    (voter,) = with_standing(voters_of(poll.election)).filter(voter_number="N2")

    assert voter.standing == Standing.NO_FACE


def test_whoever_is_off_the_roll_is_not_counted(poll: Poll) -> None:
    change = RollChange.objects.create(
        election=poll.election, reason="moved", proposed_by=poll.official
    )
    poll.election.roll.filter(voter_number="N9").update(removed_by=change)

    assert sum(count.voters for count in standing_counts(poll.election)) == 6
