"""Takes the moving picture of the README, with a drawn face: `make screenshots`.

    python -m tests.e2e.screenshots [--all DIR]

With --all it takes a picture of every page instead, on a telephone, on a desk and in the dark.
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from tests.e2e import drawn_site as drawn
from tests.e2e.conftest import CHROMIUM, DESK, FLAGS, PHONE, drawn_page, running_site
from tests.e2e.walk import take_walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from tests.support.real_site import Site

LOOKS: dict[str, dict[str, Any]] = {
    "phone": {"viewport": PHONE, "device_scale_factor": 2},
    "desk": {"viewport": DESK},
    "dark": {"viewport": DESK, "color_scheme": "dark"},
    "phone-dark": {"viewport": PHONE, "color_scheme": "dark"},
}
VOTERS = {"phone": "ada", "desk": "ben", "dark": "cleo", "phone-dark": "cleo"}


def tour(page: Page, site: Site, look: str, take: Callable[[str], None]) -> None:
    """Everything that a voter sees, in order."""
    name = VOTERS[look]
    for path, title in (
        ("/", "home"),
        ("/sign-in/", "sign-in"),
        ("/verify/", "verify"),
        (f"/elections/{drawn.SLUG}/", "election"),
    ):
        page.goto(site.url + path)
        take(title)
    drawn.sign_in(page, site, name, start=False)
    take("face-intro")
    page.evaluate("() => { window.drawn.refused = true; }")
    page.locator("section[data-state=intro] [data-start]").click()
    page.wait_for_timeout(600)
    take("camera-refused")
    drawn.sign_in_fully(page, site, name)
    take("elections")
    page.goto(f"{site.url}/elections/{drawn.SLUG}/details/")
    take("details")
    drawn.to_the_ballot(page, site, name)
    take("ballot")
    drawn.fill_in(page)
    take("review")
    drawn.encrypt(page)
    take("encrypted")
    movements(page, take)
    page.wait_for_url("**/receipt/**", timeout=60_000)
    take("receipt")
    for path, title in (
        (f"/elections/{drawn.SLUG}/ballot/", "already-cast"),
        (f"/elections/{drawn.SLUG}/board/", "board"),
        ("/account/", "account"),
    ):
        page.goto(site.url + path)
        take(title)


def movements(page: Page, take: Callable[[str], None]) -> None:
    page.evaluate("() => { window.drawn.follows = false; }")
    page.locator("section[data-state=encrypted] [data-cast]").click()
    page.locator("section[data-state=face] section[data-state=intro] [data-start]").click()
    page.locator("[data-time-left]:not([hidden])").wait_for()
    page.wait_for_timeout(1000)
    take("face")
    page.evaluate("() => { window.drawn.follows = true; }")


def officials_tour(page: Page, site: Site, take: Callable[[str], None]) -> None:
    drawn.sign_in_official(page, site)
    take("admin")
    for path, title in (
        ("/admin/voting/election/", "elections-admin"),
        ("/admin/voting/election/1/change/", "election-admin"),
        ("/admin/voting/voterrollentry/", "roll-admin"),
        ("/admin/voting/voterrollentry/import/", "import-admin"),
        ("/admin/biometrics/enrolment/", "enrolments-admin"),
        ("/admin/accounts/accessoverride/add/", "override-admin"),
        ("/admin/accounts/auditevent/", "audit-admin"),
    ):
        page.goto(site.url + path)
        take(title)
    page.goto(f"{site.url}/admin/biometrics/enrolment/")
    page.locator("#result_list tbody a").first.click()
    page.wait_for_url("**/change/")
    take("voter-admin")


@contextmanager
def opened(look: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield drawn_page(browser, **LOOKS[look])
        finally:
            browser.close()


def shutter(page: Page, look: str, folder: Path) -> Callable[[str], None]:
    def take(title: str) -> None:
        page.wait_for_timeout(150)
        page.screenshot(path=folder / f"{title}-{look}.png", full_page=True)

    return take


def take_all(folder: Path) -> None:
    """Every page in every look."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        running_site(Path(data), **drawn.ENVIRONMENT) as site,
    ):
        site.shell(drawn.SET_UP)
        for look in LOOKS:
            with opened(look) as page:
                if look != "phone-dark":
                    tour(page, site, look, shutter(page, look, folder))
                officials_tour(page, site, shutter(page, look, folder))
        drawn.count(site)
        for look in LOOKS:
            with opened(look) as page:
                page.goto(f"{site.url}/elections/{drawn.SLUG}/results/")
                shutter(page, look, folder)("results")


def main() -> None:
    parser = argparse.ArgumentParser(description="Take the pictures of the site.")
    parser.add_argument("--all", type=Path, default=None, metavar="DIR", dest="folder")
    folder = parser.parse_args().folder
    if folder is None:
        take_walk()
    else:
        take_all(folder)


if __name__ == "__main__":
    main()
