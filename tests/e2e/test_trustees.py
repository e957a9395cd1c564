"""The whole of an election with trustees, each in a browser of its own, down to the verifier."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, drawn_page
from tests.e2e.drawn_site import (
    cast,
    encrypt,
    sign_in_fully,
    sign_in_official,
    take_election_step,
)
from tests.support.places import BASE

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("Greta", "Henry", "Iris")
SLUG = "trusted"
SET_UP = f"""
from accounts.models import User
from voting.models import Choice, Contest, Election, VoterRollEntry
election = Election.objects.create(
    slug={SLUG!r}, title='The chair', key_mode='trustees', threshold=2,
    ask_voter_number=False, ask_date_of_birth=False, board_identity='alias')
contest = Contest.objects.create(election=election, title='Chair')
for order, name in enumerate(('Mara', 'Noor', 'Otto')):
    Choice.objects.create(contest=contest, name=name, order=order)
for number, name in enumerate(('ada', 'ben')):
    user = User.objects.get(username=name)
    VoterRollEntry.objects.create(
        election=election, user=user, name=name, voter_number=f'T{{number}}')
"""


@pytest.fixture(scope="module")
def election(drawn_site):
    drawn_site.shell(SET_UP)
    found = drawn_site.shell(
        f"from voting.models import Election; print(Election.objects.get(slug={SLUG!r}).pk)"
    )
    return int(found.split()[-1])


class TrusteeBrowser:
    """One trustee's own browser: the link, and the key file that was saved last."""

    def __init__(self, browser, link, folder):
        self.page = browser.new_context(viewport=PHONE).new_page()
        self.sent: list[str] = []
        self.page.on("request", lambda request: self.sent.append(request.post_data or ""))
        self.page.goto(link)
        self._folder = folder
        self.key_file: Path | None = None

    def make_key(self):
        self.take_saving_step("Make and save my key")

    def take_saving_step(self, name):
        """A step that saves the key file anew, before anything is sent."""
        with self.page.expect_download() as saved:
            self.take_step(name)
        self.key_file = self._folder / saved.value.suggested_filename
        saved.value.save_as(self.key_file)

    def take_step(self, name):
        """Without loading the page: it goes on by itself when the others have done theirs."""
        button = self.page.get_by_role("button", name=name)
        expect(button).to_be_visible(timeout=20_000)
        button.click()
        expect(button).to_be_hidden(timeout=20_000)
        expect(self.page.locator("[data-error]")).to_be_hidden()

    def come_back(self):
        """Another day: the page knows nothing any more, and the file is asked for."""
        self.page.reload()
        assert self.key_file is not None
        self.choose(self.key_file)

    def choose(self, file):
        chooser = self.page.get_by_label("Choose the file that you saved last")
        expect(chooser).to_be_visible(timeout=20_000)
        chooser.set_input_files(file)

    def fingerprint(self):
        return self.page.locator("[data-print] [data-fingerprint]").inner_text()

    def endorse(self):
        self.take_saving_step("endorse and save")

    def verify_board(self):
        """What trustees compare by telephone: the hash of the closing, the number of voters."""
        self.page.get_by_role("button", name="Verify the board").click()
        expect(self.page.locator("[data-compare]")).to_be_visible(timeout=30_000)
        return [
            self.page.locator(place).inner_text() for place in ("[data-close]", "[data-counted]")
        ]

    def decrypt(self):
        self.take_saving_step("decrypt, save and send")

    def seed(self):
        assert self.key_file is not None
        return json.loads(self.key_file.read_text())["seed"]


@contextmanager
def official(browser_with, site):
    with browser_with() as browser:
        page = browser.new_page()
        sign_in_official(page, site)
        yield page


def name_trustees(page, site, election):
    """The links are shown once, to the official who named the trustee."""
    links = []
    for name in NAMES:
        page.goto(f"{site.url}/admin/voting/trustee/add/?election={election}")
        page.locator("#id_name").fill(name)
        page.get_by_role("button", name="Save", exact=True).click()
        shown = page.locator(".messagelist .warning").inner_text()
        links += re.findall(r"http\S+/trustee/\S+/", shown)
    return links


def vote(browser, site, name, choice):
    page = drawn_page(browser)
    sign_in_fully(page, site, name)
    page.goto(f"{site.url}/elections/{SLUG}/ballot/")
    page.locator("label.choice", has_text=choice).click()
    page.get_by_role("button", name="Review my ballot").click()
    encrypt(page)
    return cast(page)


def verified(site, page, folder):
    """What the stand-alone program says about the file that anybody downloads."""
    file = folder / "board.jsonl"
    file.write_bytes(page.request.get(f"{site.url}/elections/{SLUG}/board.jsonl").body())
    program = [sys.executable, BASE / "verifier/verify_election.py", file, "--json"]
    done = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)
    return json.loads(done.stdout)


def decrypt_after_comparing(*trustees, counted):
    for trustee in trustees:
        trustee.come_back()
    numbers = [trustee.verify_board() for trustee in trustees]
    assert all(other == numbers[0] for other in numbers)
    assert numbers[0][1] == counted
    for trustee in trustees:
        trustee.decrypt()


def test_three_trustees_make_a_key_and_two_of_them_count(
    drawn_site, election, browser_with, tmp_path
):
    with official(browser_with, drawn_site) as office:
        browser = office.context.browser
        links = name_trustees(office, drawn_site, election)
        greta, henry, iris = trustees = [TrusteeBrowser(browser, link, tmp_path) for link in links]

        for trustee in trustees:
            trustee.make_key()
        for trustee in trustees:
            trustee.take_saving_step("send the sealed shares")
        for trustee in trustees:
            trustee.take_step("Check the shares of the others")
        take_election_step(office, drawn_site, election, "Freeze the election")
        for trustee in trustees:
            trustee.come_back()
            trustee.endorse()
        fingerprint = greta.fingerprint()
        take_election_step(office, drawn_site, election, "Open the election")
        vote(browser, drawn_site, "ada", "Noor")
        tracker = vote(browser, drawn_site, "ben", "Noor")
        take_election_step(office, drawn_site, election, "Close the election")
        take_election_step(office, drawn_site, election, "Count the ballots")
        expect(office.locator("[data-progress-words]")).to_contain_text("0 of 2 parts")
        # Greta has lost her file: two of three are enough.
        decrypt_after_comparing(henry, iris, counted="2")
        # The official's page follows by itself, and offers the next step.
        expect(office.get_by_role("link", name="Release the result")).to_be_visible(timeout=20_000)
        take_election_step(office, drawn_site, election, "Release the result")

        office.goto(f"{drawn_site.url}/elections/{SLUG}/results/")
        expect(office.get_by_role("row", name="Noor")).to_contain_text("2")
        answer = verified(drawn_site, office, tmp_path)
        assert answer["ok"], answer["problems"]
        assert answer["result"][0]["counts"] == [0, 2, 0]
        assert answer["fingerprint"] == fingerprint
        assert tracker in (tmp_path / "board.jsonl").read_text()
        for trustee in trustees:
            assert not any(trustee.seed() in body for body in trustee.sent)


def test_another_trustees_file_is_not_taken(drawn_site, browser_with, tmp_path):
    drawn_site.shell(SET_UP.replace(SLUG, "mixed"))
    found = drawn_site.shell(
        "from voting.models import Election; print(Election.objects.get(slug='mixed').pk)"
    )
    with official(browser_with, drawn_site) as office:
        links = name_trustees(office, drawn_site, int(found.split()[-1]))
        trustees = [TrusteeBrowser(office.context.browser, link, tmp_path) for link in links]
        for trustee in trustees:
            trustee.make_key()
        first, second, _third = trustees

        first.page.reload()
        first.choose(second.key_file)

        expect(first.page.locator("[data-error]")).to_contain_text(
            "not the key file that you registered"
        )
        expect(first.page.get_by_label("Choose the file that you saved last")).to_be_visible()
