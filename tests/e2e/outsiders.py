"""A registrar and a witness, each with the program for people outside, run as a file."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.places import BASE

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.support.real_site import Site

CODE = re.compile(r"(?:[0-9A-Z]{4}-){6}[0-9A-Z]{4}")


def run(program: str, *arguments: str | Path) -> str:
    """What the program prints; it must end with exit code 0."""
    command = [sys.executable, str(BASE / "verifier" / program), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class RegistrarsOffice:
    """A registrar, whose computer sees the site's files only when somebody carries them over."""

    def __init__(self, slug: str, folder: Path) -> None:
        self._slug = slug
        self._folder = folder
        self._codes = folder / "codes.json"

    def hand_in_points(self, office: Page, site: Site, registrar: int) -> None:
        """An official carries the voters to the registrar, and the points back."""
        office.goto(f"{site.url}/admin/voting/election/registrar/{registrar}/")
        with office.expect_download() as saved:
            office.get_by_role("button", name="Download the voters").click()
        saved.value.save_as(self._folder / "voters.csv")
        points = self._folder / "points.json"
        place = ("--election", self._slug, "--codes", self._codes, "--out", points)
        run("registrar.py", "draw", self._folder / "voters.csv", *place)
        office.get_by_label("The file points.json").set_input_files(points)
        office.get_by_role("button", name="Upload").click()
        expect(office.locator(".messagelist")).to_contain_text("voters have a code")

    def letters(self, site: Site, board: bytes) -> dict[str, str]:
        """Write the letters to the voters of this board. Returns the code by the voter's name."""
        file = self._folder / "frozen.jsonl"
        file.write_bytes(board)
        folder = self._folder / "letters"
        address = f"{site.url}/elections/{self._slug}/"
        place = ("--codes", self._codes, "--board", file, "--site", address, "--folder", folder)
        run("registrar.py", "letters", *place)
        written = (folder / "letters.txt").read_text(encoding="utf-8").split("\f\n")
        return {letter.splitlines()[0]: CODE.findall(letter)[0] for letter in written}


class WatchingWitness:
    """A witness, who looks at the board as every reader does and signs it."""

    def __init__(self, address: str, folder: Path) -> None:
        self._key = folder / "witness.json"
        self._folder = folder / "witness"
        self._address = address
        printed = run("monitor_board.py", "--new-key", self._key)
        self.key = printed.split("key: ")[1].split()[0]

    @property
    def published(self) -> Path:
        """What this witness has signed and been shown."""
        return self._folder / "published.jsonl"

    def look(self) -> None:
        """Look at the board once, and sign it if all holds."""
        place = (self._address, "--folder", self._folder, "--key", self._key, "--once")
        printed = run("monitor_board.py", *place)
        assert printed.endswith(" events, 0 alarms\n"), printed

    def name(self, office: Page, site: Site, election: int) -> None:
        """An official names the witness, whose signature the count then waits for."""
        office.goto(f"{site.url}/admin/voting/election/{election}/change/")
        office.get_by_text("Add another Witness").click()
        office.locator("#id_witnesses-0-name").fill("Press club")
        office.locator("#id_witnesses-0-key").fill(self.key)
        office.get_by_label("Witnesses needed for the count").fill("1")
        office.get_by_role("button", name="Save and continue editing").click()
        expect(office.locator("#id_witnesses-0-key")).to_have_value(self.key)
