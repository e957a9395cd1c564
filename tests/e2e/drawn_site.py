"""People, an election and an official for the stories that need no real face, and what they do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.real_site import Site

PASSWORD = "a long enough password"
OFFICIAL = "helen"

MAKE_OFFICIAL = f"""
from accounts.models import User
from django.contrib.auth.models import Group
official = User.objects.create_user({OFFICIAL!r}, password={PASSWORD!r}, is_staff=True)
official.groups.set(Group.objects.all())
"""
SET_UP = f"""
from accounts.models import User
from django.core.management import call_command
from tests.support.people import enrol

call_command('create_demonstration')
for name in ('ada', 'ben', 'cleo'):
    user = User.objects.get(username=name)
    user.set_password({PASSWORD!r})
    user.save()
    enrol(user)
{MAKE_OFFICIAL}"""
ENVIRONMENT = {
    "ENGINE": "tests.support.scripted_engine.ScriptedEngine",
    "FRAMES_NEEDED": "5",
    "FACE_STEP_SECONDS": "15",
    "CHALLENGE_LOGIN": "passive",
    "CHALLENGE_CAST": "always",
}
SLUG = "board-election"
VOTER_NUMBERS = {"ada": "1001", "ben": "1002", "cleo": "1003"}


def sign_in(page: Page, site: Site, name: str, *, start: bool = True) -> None:
    """To the face step, by way of the question for consent; `start` starts the camera too."""
    page.goto(f"{site.url}/sign-in/")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile("consent|/sign-in/face/"))
    if "consent" in page.url:
        page.locator("button[name=agree][value=yes]").click()
    page.wait_for_url("**/sign-in/face/")
    if start:
        page.locator("section[data-state=intro] [data-start]").click()


def sign_in_fully(page: Page, site: Site, name: str) -> None:
    sign_in(page, site, name)
    page.wait_for_url("**/elections/", timeout=30_000)


def sign_in_official(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/admin/")
    page.get_by_label("User name").fill(OFFICIAL)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/admin/")


def take_election_step(page: Page, site: Site, election: int, label: str) -> None:
    """An official takes the election to its next state, by the link with this label."""
    page.goto(f"{site.url}/admin/voting/election/{election}/change/")
    page.get_by_role("link", name=label).click()
    page.wait_for_url("**/step/**")
    page.locator("form input[type=submit]").click()
    page.wait_for_url("**/change/")


def to_the_ballot(page: Page, site: Site, name: str) -> None:
    page.goto(f"{site.url}/elections/{SLUG}/details/")
    page.get_by_label("Voter number").fill(VOTER_NUMBERS[name])
    for part, digits in (("Day", "1"), ("Month", "1"), ("Year", "1990")):
        page.get_by_label(part).fill(digits)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/ballot/")


def fill_in(page: Page) -> None:
    for contest in page.locator("fieldset[data-contest]").all():
        contest.locator("label.choice").first.click()
    page.get_by_role("button", name="Review my ballot").click()


def encrypt(page: Page) -> None:
    page.locator("[data-encrypt]").click()
    page.locator("section[data-state=encrypted] [data-cast]").wait_for()


def let_in(site: Site, name: str, purpose: str) -> None:
    """Two officials agree that this voter needs no face step."""
    site.shell(
        "from accounts import overrides\n"
        "from accounts.models import OverridePurpose, User\n"
        "from django.utils import timezone\n"
        f"voter = User.objects.get(username={name!r})\n"
        "pair = [User.objects.get_or_create(username=name, is_staff=True, is_superuser=True)[0]"
        " for name in ('asks', 'confirms')]\n"
        "now = timezone.now()\n"
        f"made = overrides.request_override(pair[0], voter, OverridePurpose({purpose!r}),"
        " reason='bandaged', now=now)\n"
        "overrides.confirm(pair[1], made, now=now)\n"
    )


def cast(page: Page) -> str:
    """Pass the face step and cast the encrypted ballot. Returns its tracker."""
    page.locator("section[data-state=encrypted] [data-cast]").click()
    page.locator("section[data-state=face] section[data-state=intro] [data-start]").click()
    page.wait_for_url("**/receipt/**", timeout=60_000)
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def count(site: Site) -> None:
    """The officials close the election, count it and release the result."""
    site.shell(
        "from django.utils import timezone\n"
        "from accounts.models import User\n"
        "from voting.admin import steps\n"
        "from voting.models import Election\n"
        "election, now = Election.objects.get(), timezone.now()\n"
        f"actor = User.objects.get(username={OFFICIAL!r})\n"
        "for step in ('close', 'count', 'release'):\n"
        "    steps.take(election, steps.Step(step), actor=actor, now=now)\n"
        "    election.refresh_from_db()\n"
    )
