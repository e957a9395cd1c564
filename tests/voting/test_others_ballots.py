"""A voter sees and opens no ballot of another, and nobody outside sees a draft."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from tests.support.officials import browser_of, official_of
from tests.support.polls import draft_election, open_poll
from tests.support.whole_login import WholeLoginClient
from voting.ballots import casting
from voting.models import Choice, ChoicePicture, PictureRole, SpoiledBallot
from voting.refusals import CastRefusalCode, CastRefused

pytestmark = pytest.mark.django_db


@pytest.fixture
def poll():
    return open_poll(voters=2)


def browser(user):
    client = WholeLoginClient()
    client.force_login(user)
    return client


def test_the_receipt_of_another_voter_is_not_shown(poll):
    tracker = poll.cast(0)
    page = reverse("voting:receipt", args=["e", tracker])

    assert browser(poll.users[0]).get(page).status_code == 200
    assert browser(poll.users[1]).get(page).status_code == 404
    poll.cast(1)
    assert browser(poll.users[1]).get(page).status_code == 404


def test_a_ballot_in_the_box_is_opened_by_nobody_else(poll):
    tracker = poll.cast(0)

    with pytest.raises(CastRefused) as refused:
        casting.spoil_ballot(poll.election, poll.voter(1), tracker, now=timezone.now())

    assert refused.value.code == CastRefusalCode.IN_THE_BOX
    assert not SpoiledBallot.objects.exists()
    # Nor is it counted among those that the other voter may open.
    assert (
        browser(poll.users[0]).get(reverse("voting:receipt", args=["e", tracker])).context["counts"]
    )


def test_another_page_for_opening_takes_the_details_first(poll):
    tracker = poll.encrypt(0).opening.tracker

    answer = browser(poll.users[1]).post(reverse("voting:spoil", args=["e"]), {"tracker": tracker})

    assert answer.json()["code"] == CastRefusalCode.DETAILS_FIRST
    assert not SpoiledBallot.objects.exists()


@pytest.fixture
def picture():
    draft_election("d")
    choice = Choice.objects.get(name="Ada", contest__election__slug="d")
    return ChoicePicture.objects.create(choice=choice, role=PictureRole.PHOTO, webp=b"RIFF")


def test_a_picture_of_a_draft_is_for_officials_and_for_no_cache(picture, client):
    page = reverse("voting:picture", args=[picture.pk])

    assert client.get(page).status_code == 404
    client.force_login(picture.choice.contest.election.roll.first().user)
    assert client.get(page).status_code == 404
    shown = browser_of(official_of(roles.ELECTION_OFFICER)).get(page)
    assert shown.status_code == 200
    assert "no-store" in shown["Cache-Control"]
