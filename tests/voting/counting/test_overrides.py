"""Overrides of the face step are counted for the election they were used in."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts import overrides, roles
from accounts.models import OverridePurpose, User
from tests.support.polls import open_poll
from voting.ballots import casting
from voting.counting.overrides import overrides_used
from voting.elections import life_cycle
from voting.refusals import CastRefusalCode, CastRefused

pytestmark = pytest.mark.django_db


def let_in(voter, purpose):
    first, second = (
        User.objects.create_user(f"{name}-{purpose}-{voter.pk}", is_staff=True)
        for name in ("asks", "confirms")
    )
    for official in (first, second):
        official.groups.set(Group.objects.filter(name=roles.REGISTRAR))
    made = overrides.request_override(first, voter, purpose, reason="bandaged", now=timezone.now())
    overrides.confirm(second, made, now=timezone.now())


def test_a_ballot_without_a_face_step_is_cast_by_an_override_once_and_counted():
    poll = open_poll(voters=2)
    voter = poll.voter(0)
    ballot = poll.encrypt(0, "choice-1").ballot.to_json()
    with pytest.raises(CastRefused, match=CastRefusalCode.VERIFY_AGAIN):
        casting.cast_ballot(poll.election, voter, ballot, now=timezone.now())
    let_in(poll.users[0], OverridePurpose.CAST)

    casting.cast_ballot(poll.election, voter, ballot, now=timezone.now())

    assert overrides_used(poll.election) == 1


def test_signing_in_without_a_face_counts_for_those_on_the_roll_while_it_ran():
    poll = open_poll(voters=1)
    stranger = User.objects.create_user("stranger")
    for person in (poll.users[0], stranger):
        let_in(person, OverridePurpose.LOGIN)
        overrides.spend(person, OverridePurpose.LOGIN, now=timezone.now())
    life_cycle.close_election(poll.election, actor=None, now=timezone.now())

    assert overrides_used(poll.election) == 1
