"""The moving picture of the README: a voter's way from the sign-in to the result.

A real Chromium walks through the real site. The person and the room are drawn (drawn_portrait.js).
"""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.e2e import drawn_site as drawn
from tests.e2e.conftest import CHROMIUM, FLAGS, running_site
from tests.support.places import BASE

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, ViewportSize

    from tests.support.real_site import Site

HERE = Path(__file__).parent
SCRIPTS = [HERE / "drawn_camera.js", HERE / "drawn_portrait.js"]
PICTURE = BASE / "docs" / "pictures" / "walk.webp"
VOTER = "ada"
# As wide as the pages' text, and 900 pixels wide in the picture.
VIEWPORT: ViewportSize = {"width": 720, "height": 608}
SCALE = 1.25
ENVIRONMENT = {
    **drawn.ENVIRONMENT,
    "ENGINE": "tests.e2e.walk_site.PortraitEngine",
    "FRAMES_NEEDED": "30",
    "FACE_STEP_SECONDS": "60",
    # No banner: the site as voters see it.
    "DEMONSTRATION": "off",
}
# How long a picture stays, in milliseconds: to be read, to be seen, as a part of a movement.
READ, GLANCE, MOVE = 2400, 1600, 450
# How much of the movement is done when a picture of it is taken; at the end it is over too soon.
ALONG = (0.25, 0.5, 0.75)
# The movements that every face step asks for, in an order of its own; there are others besides.
TURNS = ("turn_left", "turn_right")
MARGIN = 24
# Less, so that nothing above the words of the hint is in the picture.
FACE_MARGIN = 20


@dataclass
class Film:
    """Pictures with the time that each stays, in milliseconds."""

    page: Page
    pictures: list[Image.Image] = field(default_factory=list)
    stays: list[int] = field(default_factory=list)

    def take(self, stays: int, top: Locator | None = None, margin: int = MARGIN) -> None:
        """A picture with `top` this far below the window's upper edge, or of the page's head."""
        self.page.mouse.move(0, 0)
        self.page.evaluate("() => { document.activeElement?.blur(); window.scrollTo(0, 0); }")
        if top is not None:
            top.evaluate(
                "(part, margin) => scrollTo(0, part.getBoundingClientRect().top - margin)", margin
            )
        self.snap(stays)

    def snap(self, stays: int) -> None:
        picture = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        self.pictures.append(picture)
        self.stays.append(stays)

    def save(self, path: Path) -> None:
        first, *others = self.pictures
        first.save(
            path,
            save_all=True,
            append_images=others,
            duration=self.stays,
            loop=0,
            lossless=True,
            method=6,
        )


def take_walk(path: Path = PICTURE) -> None:
    with (
        tempfile.TemporaryDirectory() as data,
        running_site(Path(data), **ENVIRONMENT) as site,
        sync_playwright() as playwright,
    ):
        site.shell("from tests.e2e import walk_site; walk_site.set_up()")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            context = browser.new_context(
                viewport=VIEWPORT, device_scale_factor=SCALE, reduced_motion="reduce"
            )
            for script in SCRIPTS:
                context.add_init_script(script.read_text(encoding="utf-8"))
            film = Film(context.new_page())
            _sign_in(film, site)
            _fill_in(film, site)
            _cast(film)
            _result(film, site)
        finally:
            browser.close()
    film.save(path)


def _sign_in(film: Film, site: Site) -> None:
    page = film.page
    page.goto(f"{site.url}/sign-in/")
    page.get_by_label("User name").fill(VOTER)
    page.get_by_label("Password").fill(drawn.PASSWORD)
    film.take(READ)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/sign-in/face/")
    page.locator("section[data-state=intro] [data-start]").click()
    page.wait_for_url("**/elections/", timeout=30_000)


def _fill_in(film: Film, site: Site) -> None:
    page = film.page
    drawn.to_the_ballot(page, site, VOTER)
    chair, spending = page.locator("fieldset[data-contest]").all()
    film.take(GLANCE, chair)
    chair.locator("label.choice").nth(1).click()
    film.take(GLANCE, chair)
    for place in (0, 4):
        spending.locator("label.choice").nth(place).click()
    film.take(READ, spending)
    page.get_by_role("button", name="Review my ballot").click()
    page.locator("[data-encrypt]").wait_for()
    film.take(READ, page.locator("[data-steps]:visible"))
    drawn.encrypt(page)
    film.take(READ, page.locator("[data-steps]:visible"))


def _cast(film: Film) -> None:
    page = film.page
    page.locator("section[data-state=encrypted] [data-cast]").click()
    page.locator("section[data-state=face] section[data-state=intro] [data-start]").click()
    page.wait_for_function("() => window.drawn.progress > 0.1")
    film.take(GLANCE, page.locator("[data-state=face] .capture"), FACE_MARGIN)
    turns = list(TURNS)
    while turns:
        turns.remove(_turn(film, turns))
    page.wait_for_url("**/receipt/**", timeout=60_000)
    film.take(READ)


def _turn(film: Film, kinds: list[str]) -> str:
    """The first of these cues as it appears, and the head on its way."""
    page = film.page
    page.evaluate("(kinds) => Object.assign(window.drawn, { directed: kinds, share: 0 })", kinds)
    page.wait_for_function("(kinds) => kinds.includes(window.drawn.cue?.kind)", arg=kinds)
    kind = _cue(page)
    film.snap(READ)
    for share in ALONG:
        page.evaluate("(share) => { window.drawn.share = share; }", share)
        page.wait_for_function("(share) => window.drawn.cue?.reached > share - 0.05", arg=share)
        film.snap(MOVE)
        if _cue(page) != kind:
            raise RuntimeError("This machine is too busy: a movement ended before its picture.")
    page.evaluate("() => { window.drawn.directed = []; }")
    return kind


def _cue(page: Page) -> str:
    return str(page.evaluate("() => window.drawn.cue?.kind"))


def _result(film: Film, site: Site) -> None:
    page = film.page
    drawn.count(site)
    page.goto(f"{site.url}/elections/{drawn.SLUG}/results/")
    film.take(READ)
    film.take(READ, page.locator("table").first)
