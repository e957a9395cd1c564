"""From the button to the verdict: a model of a person before the real page in a real browser.

    python -m benchmarks.speed.face_step [--sessions 20] [--json]

Chromium, the page, the socket and the state machine are real. The head is drawn, and the engine
reads its turn off the picture, so the networks' 11 ms a frame are not included. The person is a
model, not a measurement: a young one reacts after 0.4 s and turns the head at 60 degrees a second,
an old one after 0.8 s and at 30. Both tremble, by 0.8 and 1.5 degrees. Frames that are compared
must look within 28 degrees of the camera, as with the real engine. A person who is asked to shut
the eyes does so for a second. Coloured light falls on the drawn head as the page shows it.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import TimeoutError as NoVerdict
from playwright.sync_api import sync_playwright

from benchmarks.harness import figures
from benchmarks.harness.places import ROOT
from benchmarks.speed.session_times import times
from tests.e2e import drawn_site as drawn
from tests.e2e.conftest import CHROMIUM, FLAGS, running_site

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PEOPLE = {
    "young": {"reaction": 0.4, "speed": 60, "tremor": 0.8},
    "old": {"reaction": 0.8, "speed": 30, "tremor": 1.5},
}
SCRIPTS = [ROOT / "tests" / "e2e" / name for name in ("drawn_camera.js", "person.js")]
# The time is kept where the page that follows the verdict still finds it.
CLOCK = """(manner) => {
  window.drawn.manner = manner;
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-start]")) window.begun = performance.now();
  }, true);
  window.drawn.onVerdict = (verified) => {
    const seconds = (performance.now() - window.begun) / 1000;
    sessionStorage.setItem("took", verified ? seconds : "refused");
  };
}"""
TOOK = "() => sessionStorage.getItem('took')"
MOST_SECONDS = 130
LIGHT = "with_light"
POLICIES = {
    "without_movements": {"CHALLENGE_LOGIN": "passive"},
    "with_movements": {"CHALLENGE_LOGIN": "always"},
    "with_blinks": {"CHALLENGE_LOGIN": "always", "CHALLENGE_BLINKS": "on"},
    LIGHT: {"CHALLENGE_LOGIN": "always", "CHALLENGE_LIGHT": "on"},
}
ENVIRONMENT = {
    **drawn.ENVIRONMENT,
    "ENGINE": "tests.support.scripted_engine.LookingEngine",
    "FRAMES_NEEDED": "10",
    "FACE_STEP_SECONDS": "60",
}


def try_once(
    browser: Browser, url: str, manner: dict[str, float], *, light: bool = False
) -> float | None:
    """Seconds from the button to the verdict; None if refused, or if no verdict came."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    for script in SCRIPTS:
        context.add_init_script(path=script)
    page = context.new_page()
    page.goto(f"{url}/sign-in/")
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Password").fill(drawn.PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/sign-in/face/")
    page.evaluate(CLOCK, manner)
    if light:
        page.locator("section[data-state=intro] summary").click()
    buttons = page.locator("section[data-state=intro] [data-start]")
    (buttons.last if light else buttons.first).click()
    try:
        took = str(page.wait_for_function(TOOK, timeout=MOST_SECONDS * 1000).json_value())
    except NoVerdict:
        took = "refused"
    context.close()
    return None if took == "refused" else float(took)


def measure(
    browser: Browser, sessions: int, *, light: bool = False, **settings: str
) -> dict[str, Any]:
    with (
        redirect_stdout(sys.stderr),  # the site prints its server's log
        tempfile.TemporaryDirectory(prefix="facevote-") as folder,
        running_site(Path(folder), **{**ENVIRONMENT, **settings}) as site,
    ):
        site.shell(drawn.SET_UP)
        rows = {}
        for name, manner in PEOPLE.items():
            tries = [try_once(browser, site.url, manner, light=light) for _ in range(sessions)]
            rows[name] = times(sessions, [seconds for seconds in tries if seconds is not None])
        return rows


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--only", nargs="*", choices=POLICIES, metavar="POLICY")
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        report = {
            name: measure(browser, options.sessions, light=name == LIGHT, **settings)
            for name, settings in POLICIES.items()
            if name in (options.only or POLICIES)
        }
        browser.close()
    figures.show(report, as_json=options.json)


if __name__ == "__main__":
    main()
