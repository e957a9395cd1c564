"""A site with a real worker and a real mail server, and a club that is to be invited."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import FilePayload

from tests.e2e.conftest import running_site, running_worker
from tests.e2e.drawn_site import ENVIRONMENT, MAKE_OFFICIAL
from tests.support.mail import mail_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from benchmarks.harness.mail_server import MailServer
    from tests.support.real_site import Site

SET_UP = f"""{MAKE_OFFICIAL}
official.email = 'helen@example.org'
official.save()
from tests.support.polls import draft_election
draft_election('garden-club', voters=0)
"""
# The mail server of the tests refuses letters to such addresses.
GONE = "refused"
HEADER = "voter_number,name,date_of_birth,username,email\n"


def roll(voters: int) -> bytes:
    """A spreadsheet as a club keeps it; the mailbox of the second member is gone."""
    rows = [
        f"M{n:03},Member {n},1980-05-17,member{n},{GONE if n == 2 else 'member'}{n}@example.org"
        for n in range(1, voters + 1)
    ]
    return (HEADER + "\n".join(rows) + "\n").encode()


@contextmanager
def club_site(folder: Path) -> Iterator[tuple[Site, MailServer]]:
    with mail_server(folder) as server:
        settings = {
            **ENVIRONMENT,
            "CELERY_TASK_ALWAYS_EAGER": "off",
            "EMAIL_URL": server.url,
            "MAIL_PER_SECOND": "0",
        }
        with running_site(folder / "site", **settings) as site:
            site.shell(SET_UP)
            with running_worker(site):
                yield site, server


class Hand:
    """An official's hand with the mouse: it counts its clicks."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, role: str, name: str) -> None:
        self.clicks += 1
        self.page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]

    def choose_file(self, label: str, name: str, content: bytes) -> None:
        """Opening the dialogue and choosing a file count as one."""
        self.clicks += 1
        file = FilePayload(name=name, mimeType="text/csv", buffer=content)
        self.page.get_by_label(label).set_input_files(file)


def invite(page: Page, site: Site, voters: int) -> int:
    """From the election's page, with the list at hand, to all invited. Returns the clicks."""
    hand = Hand(page)
    page.goto(f"{site.url}/admin/voting/election/1/change/")
    hand.click("link", "Import a roll")
    hand.choose_file("File to import", "roll.csv", roll(voters))
    hand.click("button", "Show what would change")
    page.get_by_role("button", name="Import all of it").wait_for(timeout=60_000)
    hand.click("button", "Import all of it")
    page.get_by_role("link", name="Invite these voters").wait_for(timeout=60_000)
    hand.click("link", "Invite these voters")
    hand.click("button", f"Send {voters} letters")
    page.get_by_text(f"All {voters} letters are handed over.").wait_for(timeout=120_000)
    return hand.clicks
