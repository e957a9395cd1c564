"""Voters at home, with the scripted engine: a site on which they take their own photos."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.e2e import drawn_site as drawn

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.real_site import Site

# Newcomers with a password and no face, on the roll of the demonstration's election.
NEWCOMERS = ("dora", "emil", "fay")
DORA = "rgb(32, 224, 224)"
FAY = "rgb(224, 224, 32)"
ENVIRONMENT = {**drawn.ENVIRONMENT, "SELF_ENROLMENT": "approval"}
SET_UP = f"""{drawn.SET_UP}
for name in {NEWCOMERS!r}:
    user = User.objects.create_user(name, f"{{name}}@example.org", password={drawn.PASSWORD!r})
from voting.models import Election, VoterRollEntry
draft = Election.objects.create(slug="committee", title="Committee of the allotment garden club")
for number, name in enumerate({NEWCOMERS!r}):
    VoterRollEntry.objects.create(
        election=draft, user=User.objects.get(username=name), name=name.title(),
        voter_number=f"20{{number}}",
    )
"""


A_STEP = re.compile(r"/sign-in/\w+/")
AFTER_CONSENT = re.compile(r"/sign-in/(photos|face)/")


def sign_in(page: Page, site: Site, name: str, *, next_page: str = "") -> None:
    """The password, and the consent if it is asked for."""
    page.goto(f"{site.url}/sign-in/{f'?next={next_page}' if next_page else ''}")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(drawn.PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(A_STEP)
    if "consent" in page.url:
        page.locator("button[name=agree][value=yes]").click()
        page.wait_for_url(AFTER_CONSENT)


def look_like(page: Page, colour: str) -> None:
    page.evaluate("(colour) => { window.drawn.person = colour; }", colour)


def take_photos(page: Page, colour: str) -> None:
    """Pass the face step as this person, until the photos are there to be looked at."""
    look_like(page, colour)
    page.locator("section[data-state=intro] [data-start]").click()
    page.get_by_role("button", name="Hand in these photos").wait_for(timeout=90_000)


def hand_in(page: Page) -> None:
    page.get_by_role("button", name="Hand in these photos").click()
    page.get_by_text("Your photos are handed in").wait_for()


def to_the_review(page: Page, site: Site) -> None:
    drawn.sign_in_official(page, site)
    page.goto(f"{site.url}/admin/biometrics/enrolment/own-photos/")
