"""Who casts was seen: at the ballot, or at the sign-in where the election is content with that."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import timezone

from accounts.sign_in import login
from voting.ballots import casting
from voting.models import FacePolicy
from voting.refusals import CastRefusalCode, CastRefused

pytestmark = pytest.mark.django_db


def cast(poll, *, seen):
    voter = replace(poll.voter(), seen_at_sign_in=seen)
    data = poll.encrypt().ballot.to_json()
    return casting.cast_ballot(poll.election, voter, data, now=timezone.now())


def test_a_face_at_sign_in_is_enough_where_the_election_says_so(poll):
    poll.election.face_policy = FacePolicy.LOGIN

    assert cast(poll, seen=True)


@pytest.mark.parametrize("policy", FacePolicy)
def test_a_sign_in_without_a_face_casts_no_ballot_without_one(poll, policy):
    poll.election.face_policy = policy

    with pytest.raises(CastRefused, match=CastRefusalCode.VERIFY_AGAIN):
        cast(poll, seen=False)


def test_a_face_at_sign_in_is_not_enough_where_every_ballot_needs_one(poll):
    with pytest.raises(CastRefused, match=CastRefusalCode.VERIFY_AGAIN):
        cast(poll, seen=True)


@pytest.mark.parametrize(
    ("factor", "seen"), [("face", True), ("override", True), ("totp", False), ("none", False)]
)
def test_only_a_face_or_two_officials_count_as_seen(rf, client, factor, seen):
    request = rf.get("/")
    request.session = client.session
    request.session[login.FACTORS] = [login.PASSWORD, factor]

    assert login.voter_was_seen(request) is seen
