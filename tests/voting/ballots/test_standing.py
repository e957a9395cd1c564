"""What the page of the ballot asks before it encrypts or sends: who is signed in, and a token."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from tests.support.polls import BORN
from tests.support.whole_login import WholeLoginClient

DETAILS = {"voter_number": "N0", "date_of_birth": BORN.isoformat()}
STANDING = "/elections/e/standing/"


@pytest.fixture
def voter(poll):
    browser = WholeLoginClient(enforce_csrf_checks=True)
    browser.force_login(poll.users[0])
    return browser


def confirm(browser):
    page = browser.get("/elections/e/details/").content.decode()
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    browser.post("/elections/e/details/", {**DETAILS, "csrfmiddlewaretoken": token})


def test_the_token_is_taken_for_the_ballot(poll, voter):
    confirm(voter)

    standing = voter.get(STANDING)

    told = standing.json()
    assert told["credential"] == poll.entry().credential
    assert "no-store" in standing["Cache-Control"]
    refused = voter.post("/elections/e/cast/", b"{}", content_type="application/json")
    assert refused.status_code == 403
    taken = voter.post(
        "/elections/e/cast/",
        b"{}",
        content_type="application/json",
        headers={"X-CSRFToken": told["csrf_token"]},
    )
    assert taken.json()["code"] == "invalid"


def test_whoever_is_signed_out_is_sent_to_the_sign_in(poll):
    assert Client().get(STANDING)["Location"] == f"/sign-in/?next={STANDING}"


def test_whoever_has_not_entered_the_details_hears_that(voter):
    answer = voter.get(STANDING)

    assert answer.status_code == 409
    assert answer.json()["code"] == "details-first"


def test_somebody_who_is_not_on_the_roll_gets_no_credential(poll):
    browser = WholeLoginClient()
    browser.force_login(User.objects.create_user("stranger"))

    answer = browser.get(STANDING)

    assert answer.status_code == 409
    assert "credential" not in answer.json()
