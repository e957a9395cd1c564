"""Trustees, each in a browser of its own, and what officials and observers do around them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, WAIT_MS
from tests.e2e.drawn_site import sign_in_official
from tests.support.places import BASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.support.real_site import Site

NAMES = ("Greta", "Henry", "Iris")


class TrusteeBrowser:
    """One trustee's own browser: the link, and the key file that was saved last."""

    def __init__(self, browser: Browser | None, link: str, folder: Path) -> None:
        assert browser is not None
        self.page = browser.new_context(
            viewport={"width": PHONE["width"], "height": PHONE["height"]}
        ).new_page()
        self.sent: list[str] = []
        self.page.on("request", lambda request: self.sent.append(request.post_data or ""))
        self.page.goto(link)
        self._folder = folder
        self.key_file: Path | None = None

    def make_key(self) -> None:
        self.take_saving_step("Make and save my key")

    def take_saving_step(self, name: str) -> None:
        """A step that saves the key file anew, before anything is sent."""
        with self.page.expect_download() as saved:
            self.take_step(name)
        self.key_file = self._folder / saved.value.suggested_filename
        saved.value.save_as(self.key_file)

    def take_step(self, name: str) -> None:
        """Without loading the page: it goes on by itself when the others have done theirs."""
        button = self.page.get_by_role("button", name=name)
        expect(button).to_be_visible(timeout=WAIT_MS)
        button.click()
        expect(button).to_be_hidden(timeout=WAIT_MS)
        expect(self.page.locator("[data-error]")).to_be_hidden()

    def come_back(self) -> None:
        """Another day: the page knows nothing any more, and the file is asked for."""
        self.page.reload()
        assert self.key_file is not None
        self.choose(self.key_file)

    def choose(self, file: Path | None) -> None:
        assert file is not None
        chooser = self.page.get_by_label("Choose the file that you saved last")
        expect(chooser).to_be_visible(timeout=WAIT_MS)
        chooser.set_input_files(file)

    def fingerprint(self) -> str:
        shown = self.page.locator("[data-print] [data-fingerprint]")
        expect(shown).to_be_visible(timeout=WAIT_MS)
        return shown.inner_text()

    def endorse(self) -> None:
        self.take_saving_step("endorse and save")

    def verify_board(self) -> list[str]:
        """What trustees compare by telephone: the hash of the closing, the number of voters."""
        self.page.get_by_role("button", name="Verify the board").click()
        expect(self.page.locator("[data-compare]")).to_be_visible(timeout=WAIT_MS)
        return [
            self.page.locator(place).inner_text() for place in ("[data-close]", "[data-counted]")
        ]

    def decrypt(self) -> None:
        self.take_saving_step("decrypt, save and send")

    def seed(self) -> str:
        assert self.key_file is not None
        return str(json.loads(self.key_file.read_text())["seed"])


@contextmanager
def official(
    browser_with: Callable[..., AbstractContextManager[Browser]], site: Site
) -> Iterator[Page]:
    """An official who is signed in, in a browser of their own."""
    with browser_with() as browser:
        page = browser.new_page()
        sign_in_official(page, site)
        yield page


def name_trustees(page: Page, site: Site, election: int) -> list[str]:
    """The links are shown once, to the official who named the trustee."""
    links: list[str] = []
    for name in NAMES:
        page.goto(f"{site.url}/admin/voting/trustee/add/?election={election}")
        page.locator("#id_name").fill(name)
        page.get_by_role("button", name="Save", exact=True).click()
        shown = page.locator(".messagelist .warning").inner_text()
        links += re.findall(r"http\S+/trustee/\S+/", shown)
    return links


def verified(site: Site, page: Page, slug: str, folder: Path, *published: Path) -> dict[str, Any]:
    """What the stand-alone program says about the file that anybody downloads.

    The files `published` hold what was signed, and are checked too.
    """
    file = folder / "board.jsonl"
    file.write_bytes(page.request.get(f"{site.url}/elections/{slug}/board.jsonl").body())
    program: list[str | Path] = [sys.executable, BASE / "verifier/verify_election.py"]
    program += [file, "--json", *(part for path in published for part in ("--head", path))]
    done = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def decrypt_after_comparing(*trustees: TrusteeBrowser, counted: str) -> None:
    for trustee in trustees:
        trustee.come_back()
    numbers = [trustee.verify_board() for trustee in trustees]
    assert all(other == numbers[0] for other in numbers)
    assert numbers[0][1] == counted
    for trustee in trustees:
        trustee.decrypt()


def make_the_key(trustees: list[TrusteeBrowser]) -> None:
    for trustee in trustees:
        trustee.make_key()
    for trustee in trustees:
        trustee.take_saving_step("send the sealed shares")
    for trustee in trustees:
        trustee.take_step("Check the shares of the others")


def endorse(trustees: list[TrusteeBrowser]) -> str:
    """Each loads the saved file again. Returns the fingerprint, which all have read alike."""
    for trustee in trustees:
        trustee.come_back()
    [print_] = {trustee.fingerprint() for trustee in trustees}
    for trustee in trustees:
        trustee.endorse()
    return print_
