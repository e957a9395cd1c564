"""Photos that the picture on a membership card is enough for, and those that it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from biometrics.enrolment.photos import encode_again
from biometrics.models import (
    Reference,
    ReferencePhoto,
    SelfEnrolmentState,
)
from biometrics.self_enrolment import card
from tests.biometrics.self_enrolment.people import (
    browser_of,
    freeze,
    handed_in,
    newcomer,
)
from tests.support.people import ask_ticket, enrolled
from tests.support.pictures import ALICE, BOB, jpeg
from tests.support.polls import draft_election

if TYPE_CHECKING:
    from pytest_django import Settings

    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def automatic(settings: Settings) -> None:
    settings.SELF_ENROLMENT = "automatic"


def with_card(name: str, colour: tuple[int, int, int]) -> User:
    user = newcomer(name)
    card.place_card(user, jpeg(colour, mark=30), actor=None, now=timezone.now())
    return user


def test_a_matching_membership_card_is_enough_where_the_site_says_so(automatic: None) -> None:
    enrolment = handed_in("", ALICE, user=with_card("alice", ALICE))

    assert enrolment.fits_card is True
    assert enrolment.state == SelfEnrolmentState.APPROVED
    assert enrolment.decided_by is None


def test_another_face_than_on_the_card_waits_for_an_official(automatic: None) -> None:
    enrolment = handed_in("", BOB, user=with_card("alice", ALICE))

    assert enrolment.fits_card is False
    assert enrolment.state == SelfEnrolmentState.HANDED_IN


def test_a_card_alone_enrols_nobody(automatic: None) -> None:
    user = with_card("alice", ALICE)

    assert not Reference.objects.exists()
    assert encode_again(ReferencePhoto.objects.all()) == 0
    assert ask_ticket(browser_of(user), "login").json()["code"] == "no_reference"


@pytest.mark.parametrize("why", ["policy", "two-names", "four-eyes", "frozen"])
def test_a_matching_card_is_not_enough(automatic: None, settings: Settings, why: str) -> None:
    user = with_card("alice", ALICE)
    match why:
        case "policy":
            settings.SELF_ENROLMENT = "approval"
        case "two-names":
            enrolled("ben")
        case "four-eyes":
            settings.SELF_ENROLMENT_FOUR_EYES = True
        case "frozen":
            settings.SECOND_OFFICIAL = True
            poll = draft_election(self_enrolment="automatic")
            poll.election.roll.filter(user=poll.users[0]).update(user=user)
            freeze(poll)

    assert handed_in("", ALICE, user=user).state == SelfEnrolmentState.HANDED_IN


def test_the_strictest_of_the_voter_s_elections_decides() -> None:
    user = newcomer("alice")
    for slug, policy in (("a", "automatic"), ("b", "officials")):
        poll = draft_election(slug, self_enrolment=policy)
        poll.election.roll.filter(user=poll.users[0]).update(user=user)

    assert ask_ticket(browser_of(user), "enrol").json()["code"] == "not_offered"
