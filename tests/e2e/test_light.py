"""Coloured light in a real browser: the drawn camera reflects what the page really shows."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import running_site
from tests.e2e.drawn_site import ENVIRONMENT, SET_UP, sign_in

SETTINGS = {"CHALLENGE_LOGIN": "always", "CHALLENGE_LIGHT": "on", "FACE_STEP_SECONDS": "60"}
# What was on show, in its order; the page leads on as soon as the voter is verified.
WATCH = """() => {
  const light = document.querySelector("[data-light]");
  const root = document.querySelector(".capture");
  const seen = [];
  new MutationObserver(() => {
    const kind = light.hidden ? root.dataset.challengeKind : light.dataset.light;
    if (kind && kind !== seen.at(-1)) seen.push(kind);
    sessionStorage.setItem("seen", JSON.stringify(seen));
  }).observe(root, { subtree: true, attributes: true });
}"""


@pytest.fixture(scope="module")
def lit_site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lit")
    with running_site(folder, **{**ENVIRONMENT, **SETTINGS}) as site:
        site.shell(SET_UP)
        yield site


def start_with_light(page):
    page.get_by_text("Fewer movements, with coloured light").click()
    page.get_by_role("button", name="Start with coloured light").click()


def test_a_voter_who_chooses_light_is_lit_and_moves_three_times(lit_site, page):
    sign_in(page, lit_site, "ada", start=False)
    page.evaluate(WATCH)
    start_with_light(page)

    page.wait_for_url("**/elections/", timeout=60_000)

    seen = page.evaluate("() => JSON.parse(sessionStorage.getItem('seen'))")
    colours = [one for one in seen if one in ("red", "green", "blue")]
    assert seen[: len(colours)] == colours
    assert len(colours) == 8
    assert len([one for one in seen if one.startswith(("turn", "come"))]) >= 2


def test_light_that_is_not_seen_is_explained_and_movements_are_left(lit_site, page):
    sign_in(page, lit_site, "ben", start=False)
    page.evaluate("() => { window.drawn.reflects = false; }")
    start_with_light(page)

    refused = page.locator("section[data-state=refused]")
    expect(refused).to_contain_text("was not seen on your face", timeout=60_000)
    expect(page.locator("[data-light]")).to_be_hidden()
    refused.locator("[data-start]").click()

    page.wait_for_url("**/elections/", timeout=60_000)


def test_movements_alone_are_offered_first_and_light_can_be_stopped(lit_site, page):
    sign_in(page, lit_site, "cleo", start=False)
    buttons = page.locator("section[data-state=intro] [data-start]")
    expect(buttons.first).to_have_text("Start the camera")
    expect(buttons.last).to_be_hidden()

    start_with_light(page)
    light = page.locator("[data-light]")
    expect(light).to_be_visible(timeout=30_000)
    light.get_by_role("button", name="Stop").click()

    expect(page.locator("section[data-state=intro]")).to_be_visible()
    expect(light).to_be_hidden()
