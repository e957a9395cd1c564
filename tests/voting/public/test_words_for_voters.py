"""Dates, addresses and words that a voter knows, on the pages that a voter sees."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.support.polls import draft_election, open_poll
from voting.counting import counting
from voting.elections import freezing, life_cycle
from voting.models import Election

pytestmark = pytest.mark.django_db


def page(client, path):
    return client.get(path).content.decode()


def test_an_election_that_is_not_open_yet_is_not_called_frozen(client):
    poll = draft_election(opens_at=dt.datetime(2099, 5, 1, 8, tzinfo=dt.UTC))
    freezing.freeze(poll.election, actor=poll.official, now=timezone.now())
    client.force_login(poll.users[0])

    for path in ("/", "/elections/", "/elections/e/"):
        shown = page(client, path)
        assert "not open yet" in shown
        assert "frozen" not in shown
    assert "You can vote from 1 May 2099, 08:00 UTC on." in page(client, "/elections/e/")


def test_who_holds_the_key_is_told_in_plain_words(client):
    open_poll()

    shown = page(client, "/elections/e/")

    assert "The server alone can open the ballots." in shown
    assert "whoever controls the server could read them" in shown


def test_a_receipt_has_its_date_and_the_address_of_the_election(client):
    poll = open_poll()
    tracker = poll.cast()
    client.force_login(poll.users[0])

    shown = page(client, reverse("voting:receipt", args=["e", tracker]))

    assert "http://testserver/elections/e/" in shown
    today = timezone.localtime().strftime("%Y, ")
    assert today in shown.partition("data-made>")[2].partition("</dd>")[0]
    assert " UTC</dd>" in shown


def test_a_result_has_the_date_of_its_release(client):
    poll = open_poll()
    poll.cast()
    election, now = poll.election, timezone.now()
    life_cycle.close_election(election, actor=poll.official, now=now)
    counting.count(election, now=now)
    election.refresh_from_db()
    released = dt.datetime(2099, 12, 1, 3, 45, tzinfo=dt.UTC)

    life_cycle.release_result(election, actor=poll.official, now=released)

    assert Election.objects.get().released_at == released
    assert "Released on 1 December 2099, 03:45 UTC" in page(client, "/elections/e/results/")
    data = client.get("/elections/e/results.json").json()
    assert data["released_at"] == "2099-12-01T03:45:00+00:00"


def test_whoever_can_not_sign_in_or_has_details_that_do_not_fit_is_helped(client, settings):
    settings.OFFICE_CONTACT = "office@vote.example"
    poll = open_poll()

    assert "I can not sign in" in page(client, "/sign-in/")
    client.force_login(poll.users[0])
    wrong = {"voter_number": "N7", "date_of_birth": "1999-01-01"}
    shown = client.post("/elections/e/details/", wrong).content.decode()

    assert '<details class="disclosure" open>' in shown
    help_text = shown.partition("My details do not fit")[2]
    assert "office@vote.example" in help_text.partition("</details>")[0]
