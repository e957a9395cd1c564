"""The list of who is ready, and what officials see of it before they freeze."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from tests.support.people import enrol
from tests.support.polls import Poll, draft_election

pytestmark = pytest.mark.django_db


@pytest.fixture
def poll() -> Poll:
    poll = draft_election(voters=3)
    poll.users[0].set_password("a long enough password")
    poll.users[0].save()
    enrol(poll.users[0])
    return poll


@pytest.fixture
def page(poll: Poll) -> str:
    return reverse("admin:voting_election_readiness", args=[poll.election.pk])


@pytest.fixture
def office(client: Client, poll: Poll) -> Client:
    client.force_login(poll.official)
    return client


def test_the_list_has_the_counts_and_the_voters(office: Client, page: str) -> None:
    text = office.get(page).content.decode()

    assert '<td class="number">2</td>' in text
    assert "N0" in text
    assert "N2" in text


def test_each_standing_leads_to_what_helps_these_voters_on(
    office: Client, page: str, poll: Poll
) -> None:
    poll.users[1].email = "b@example.org"
    poll.users[1].save()

    text = office.get(page).content.decode()

    mail = reverse("admin:voting_mailing_send", args=[poll.election.pk])
    assert f"{mail}?kind=invitation&amp;audience=no_password" in text
    assert reverse("admin:voting_letters", args=[poll.election.pk]) in text
    assert office.get(f"{mail}?kind=invitation&audience=no_password").status_code == 200


def test_it_is_filtered_and_searched(office: Client, page: str) -> None:
    checked = office.get(page, {"standing": "never-checked"}).content.decode()
    found = office.get(page, {"standing": "no-address", "q": " n 1 "}).content.decode()

    assert "N0</th>" in checked
    assert "N1</th>" not in checked
    assert "N1</th>" in found
    assert "N2</th>" not in found


@pytest.mark.parametrize("query", ["?standing=else", "?q=%00", "?page=x", "?q=%25", "?page=99"])
def test_odd_addresses_do_no_harm(office: Client, page: str, query: str) -> None:
    assert office.get(page + query).status_code == 200


def test_only_officials_who_may_see_the_roll_see_it(page: str, poll: Poll) -> None:
    client = Client()
    assert client.get(page).status_code == 302
    client.force_login(poll.users[0])
    assert client.get(page).status_code != 200


def test_an_official_switches_what_voters_may_do_at_home(
    office: Client, page: str, poll: Poll
) -> None:
    office.post(page, {"self_enrolment": "approval"})

    poll.election.refresh_from_db()
    assert (poll.election.self_enrolment, poll.election.roll_check) == ("approval", False)
    assert AuditEvent.objects.filter(action="election_changed").exists()
    office.post(page, {"self_enrolment": "else", "roll_check": "on"})
    poll.election.refresh_from_db()
    assert poll.election.self_enrolment == "approval"


def test_before_freezing_officials_are_told_who_is_not_ready(office: Client, poll: Poll) -> None:
    change = reverse("admin:voting_election_change", args=[poll.election.pk])
    step = reverse("admin:voting_election_step", args=[poll.election.pk, "freeze"])

    for address in (change, step):
        text = office.get(address).content.decode()
        assert "2 voters have neither an e-mail address nor a password." in text
        assert "1 voter has never tried the face with a camera." in text
