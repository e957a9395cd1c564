"""A line of the audit log says what an official changed, and names nobody."""

from __future__ import annotations

import pytest

from accounts.models import AuditEvent, User
from tests.support.office_forms import save
from tests.support.polls import draft_election

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(client):
    client.force_login(User.objects.create_superuser("chief"))
    return client


@pytest.fixture
def election():
    return draft_election().election


def told():
    return AuditEvent.objects.latest("sequence").details["changed"]


def test_switches_choices_and_moments_are_told_with_old_and_new(chief, election):
    save(
        chief,
        f"/admin/voting/election/{election.pk}/change/",
        allow_revote="on",
        closes_at_0="2099-12-01",
        closes_at_1="04:45:00",
        key_mode="trustees",
    )

    assert set(told().split(", ")) == {
        "closes_at (none → 2099-12-01 04:45Z)",
        "allow_revote (False → True)",
        "key_mode (server → trustees)",
    }


def test_what_was_typed_is_told_by_its_name_alone(chief, election):
    entry = election.roll.first()

    save(chief, f"/admin/voting/voterrollentry/{entry.pk}/change/", name="Vera", district="North")

    assert set(told().split(", ")) == {"name", "district"}


def test_rows_inside_a_page(chief, election):
    contest = election.contests.get()
    first = contest.choices.first()

    save(
        chief,
        f"/admin/voting/contest/{contest.pk}/change/",
        max_selections=2,
        kind="several",
        **{"choices-0-party": "The Party"},
    )

    assert set(told().split(", ")) == {
        "kind (one → several)",
        "max_selections (1 → 2)",
        f"choice {first.pk}: party",
    }


def test_an_account(chief):
    voter = User.objects.create_user("voter")

    save(chief, f"/admin/accounts/user/{voter.pk}/change/", email="v@example.org", is_staff="on")

    assert set(told().split(", ")) == {"email", "is_staff (False → True)"}
    page = chief.get("/admin/accounts/auditevent/").content.decode()
    assert "is_staff (False → True)" in page
    assert "v@example.org" not in page


def test_a_password_that_an_official_set(chief):
    voter = User.objects.create_user("voter")
    new = {"password1": "quite another 7", "password2": "quite another 7"}

    chief.post(f"/admin/accounts/user/{voter.pk}/password/", {**new, "usable_password": "true"})

    assert told() == "password"
