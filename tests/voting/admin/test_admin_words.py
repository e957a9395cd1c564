"""Lists of the administration count in words, and a page that proposes has one button."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import User
from tests.support.polls import draft_election, open_poll


@pytest.fixture
def chief(client, settings, db):
    settings.OFFICIAL_SECOND_FACTOR = "none"
    user = User.objects.create_superuser("chief")
    client.force_login(user)
    return client


def saving(page):
    text = page.content.decode()
    names = ("_save", "_continue", "_addanother")
    return [name for name in names if f'name="{name}"' in text]


@pytest.mark.parametrize("page", ["accounts_accessoverride", "voting_rollchange", "voting_trustee"])
def test_a_page_that_asks_for_one_thing_has_one_button(chief, page):
    open_poll()

    answer = chief.get(reverse(f"admin:{page}_add"))

    assert answer.status_code == 200
    assert saving(answer) == ["_save"]


def test_an_election_can_be_saved_and_gone_on_with(chief):
    election = draft_election().election

    answer = chief.get(reverse("admin:voting_election_change", args=[election.pk]))

    assert "_continue" in saving(answer)


@pytest.mark.parametrize(
    ("voters", "words"), [(1, "1 roll entry"), (2, "2 roll entries"), (3, "3 roll entries")]
)
def test_a_roll_counts_its_entries(chief, voters, words):
    draft_election(voters=voters)

    answer = chief.get(reverse("admin:voting_voterrollentry_changelist"))

    assert words in " ".join(answer.content.decode().split())


def test_the_audit_log_counts_its_events(chief):
    open_poll()

    page = " ".join(
        chief.get(reverse("admin:accounts_auditevent_changelist")).content.decode().split()
    )

    assert "2 audit events" in page
    assert "audit log" not in page
