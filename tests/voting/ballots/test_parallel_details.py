"""Many guesses of a voter's details at the same moment: as few are compared as one by one."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.support.at_once import at_once
from tests.support.polls import open_poll
from voting.ballots import details
from voting.elections.rules import FREE_FAILURES
from voting.models import DetailsAttempts
from voting.refusals import DetailsRefusalCode, DetailsRefused

pytestmark = pytest.mark.race
GUESSES = 40


def test_of_forty_guesses_at_once_three_are_answered(unguarded_after):
    poll = open_poll(voters=1, ask_voter_number=True)
    right = poll.entry().voter_number
    now = timezone.now()

    def guess(number):
        # The right number is one of the last: who tries all numbers must not find it.
        typed = right if number == GUESSES - 1 else f"guess {number}"
        try:
            details.check_details(
                poll.election, poll.users[0], voter_number=typed, date_of_birth=None, now=now
            )
        except DetailsRefused as refusal:
            return refusal.code
        return None

    answers = at_once(GUESSES, guess)

    # A right guess among the first forgets the failures before it.
    most = FREE_FAILURES * (1 + answers.count(None))
    assert answers.count(DetailsRefusalCode.WRONG) <= most
    assert answers.count(DetailsRefusalCode.WAIT) >= GUESSES - most - 1
    assert DetailsAttempts.objects.get().failures == FREE_FAILURES
