"""Pages that everybody sees, on a telephone: nothing sticks out, and nothing typed stays unseen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.drawn_site import sign_in_official

LONG = """
from django.utils import timezone
from accounts.models import User
from tests.support.polls import draft_election
from voting.counting import counting
from voting.elections import freezing, life_cycle
from voting.models import Choice
now, actor = timezone.now(), User.objects.get(username="helen")
for slug in ("long", "long-result"):
    poll = draft_election(slug)
    election = poll.election
    election.title, election.description = "T" * 200, "D" * 500
    election.save()
    contest = election.contests.get()
    contest.title, contest.description = "K" * 200, "E" * 500
    contest.save()
    Choice.objects.create(contest=contest, name="W" * 200, party="P" * 200, order=9)
    freezing.freeze(election, actor=actor, now=now)
life_cycle.open_election(election, actor=actor, now=now)
poll.cast()
life_cycle.close_election(election, actor=actor, now=now)
counting.count(election, now=now)
election.refresh_from_db()
life_cycle.release_result(election, actor=actor, now=now)
"""


@pytest.fixture(scope="module")
def long_names(drawn_site):
    drawn_site.shell(LONG)
    return drawn_site


def width(page):
    return page.evaluate("() => document.documentElement.scrollWidth")


@pytest.mark.parametrize(
    "path",
    ["/", "/verify/", "/elections/long/", "/elections/long-result/"]
    + [f"/elections/long-result/{part}/" for part in ("board", "results")],
)
def test_long_names_on_a_phone(long_names, page, path):
    page.goto(long_names.url + path)

    assert width(page) == 360


def test_the_votes_stay_in_sight_beside_a_long_name(long_names, page):
    page.goto(f"{long_names.url}/elections/long-result/results/")

    box = page.locator("table tbody tr").nth(3).locator("td.number").first.bounding_box()
    assert box["x"] + box["width"] <= 360


def test_long_names_on_the_officials_desk(long_names, page):
    sign_in_official(page, long_names)
    assert width(page) == 360

    page.goto(f"{long_names.url}/admin/voting/election/2/call-off/")
    assert width(page) == 360


def test_a_password_is_shown_on_demand_and_hidden_before_it_is_sent(drawn_site, page):
    page.goto(f"{drawn_site.url}/sign-in/")
    field = page.get_by_label("Password")
    field.fill("what I typed")
    button = page.get_by_role("button", name="Show what I type")

    button.click()
    expect(field).to_have_attribute("type", "text")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(field).to_have_attribute("type", "password")
    button.click()
    page.get_by_label("User name").fill("ada")
    page.evaluate(
        "() => { const form = document.querySelector('main form');"
        " form.addEventListener('submit', (event) => event.preventDefault()); }"
    )
    field.press("Enter")

    expect(field).to_have_attribute("type", "password")
