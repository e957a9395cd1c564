"""Stories in a real browser that need no real face: the camera and the engine are drawn."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import AXE, problems
from tests.e2e.conftest import PHONE, drawn_page, running_site
from tests.e2e.drawn_site import (
    ENVIRONMENT,
    SET_UP,
    SLUG,
    cast,
    encrypt,
    fill_in,
    let_in,
    sign_in,
    sign_in_fully,
    sign_in_official,
    take_election_step,
    to_the_ballot,
)

PUBLIC = (
    "/",
    "/sign-in/",
    "/verify/",
    f"/elections/{SLUG}/",
    f"/elections/{SLUG}/board/",
)


def shown(page, state):
    return page.locator(f".capture > section[data-state~='{state}']")


def draw(page, **changes):
    page.evaluate("(changes) => Object.assign(window.drawn, changes)", changes)


def test_a_voter_signs_in_votes_by_keyboard_and_finds_the_receipt(drawn_site, page):
    sign_in_fully(page, drawn_site, "ada")
    to_the_ballot(page, drawn_site, "ada")
    page.locator("[data-form]").wait_for()
    for contest in page.locator("fieldset[data-contest]").all():
        contest.locator("input").first.focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Review my ballot").press("Enter")
    page.locator("[data-encrypt]").press("Enter")
    page.locator("section[data-state=encrypted] [data-cast]").wait_for()

    tracker = cast(page)

    board = page.request.get(f"{drawn_site.url}/elections/{SLUG}/board.jsonl").text()
    assert tracker in board


def test_what_is_missing_on_a_ballot_comes_into_view_and_leads_there(drawn_site, page):
    sign_in_fully(page, drawn_site, "ben")
    to_the_ballot(page, drawn_site, "ben")

    page.get_by_role("button", name="Review my ballot").click()

    notice = page.locator("[data-problems]")
    expect(notice).to_be_in_viewport()
    expect(notice).to_be_focused()
    last = page.locator("fieldset[data-contest]").last
    notice.get_by_role("link").last.click()
    expect(last).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(last.locator("input").first).to_be_focused()


def test_casting_asks_for_movements_and_refuses_who_does_not_move(drawn_site, page):
    sign_in_fully(page, drawn_site, "ben")
    to_the_ballot(page, drawn_site, "ben")
    fill_in(page)
    encrypt(page)
    draw(page, follows=False)
    page.locator("section[data-state=encrypted] [data-cast]").click()
    page.locator("section[data-state=face] section[data-state=intro] [data-start]").click()

    moving = page.locator("[data-hint-text]")
    expect(moving).to_have_text(re.compile("Turn|chin|closer"), timeout=20_000)
    expect(shown(page, "refused")).to_be_visible(timeout=60_000)

    page.goto(f"{drawn_site.url}/elections/{SLUG}/ballot/")
    expect(page.locator("[data-ballot]")).to_have_count(1)


def test_a_second_ballot_in_another_tab_is_refused(drawn_site, page):
    sign_in_fully(page, drawn_site, "cleo")
    to_the_ballot(page, drawn_site, "cleo")
    second = page.context.new_page()
    second.goto(f"{drawn_site.url}/elections/{SLUG}/ballot/")
    for tab in (page, second):
        fill_in(tab)
        encrypt(tab)

    # A tab that nobody sees gets no pictures of the camera.
    page.bring_to_front()
    cast(page)
    second.bring_to_front()
    second.locator("section[data-state=encrypted] [data-cast]").click()
    second.locator("section[data-state=face] section[data-state=intro] [data-start]").click()

    refused = second.locator("[data-ballot] > section[data-state=refused]")
    expect(refused).to_be_visible(timeout=60_000)
    second.goto(f"{drawn_site.url}/elections/{SLUG}/ballot/")
    expect(second.locator("[data-ballot]")).to_have_count(0)


def test_a_voter_without_a_camera_votes_once_two_officials_have_agreed(browser_with, tmp_path):
    with running_site(tmp_path, **ENVIRONMENT) as site, browser_with() as browser:
        site.shell(SET_UP)
        page = browser.new_context(viewport=PHONE).new_page()
        let_in(site, "ada", "login")
        sign_in(page, site, "ada", start=False)
        page.get_by_text("An official let me in").click()
        page.get_by_role("button", name="Go on without the face step").click()
        page.wait_for_url("**/elections/")
        to_the_ballot(page, site, "ada")
        fill_in(page)
        encrypt(page)
        page.locator("section[data-state=encrypted] [data-cast]").click()
        page.get_by_text("An official let me in").click()
        page.locator("[data-let-in]").click()
        refused = page.locator("[data-ballot] > section[data-state=refused]")
        expect(refused).to_contain_text("No two officials have let you")

        let_in(site, "ada", "cast")
        refused.locator("[data-again]").click()
        page.locator("[data-let-in]").click()

        page.wait_for_url("**/receipt/**")


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        ({"person": "", "room": "#000"}, "Bring your face into the oval"),
        ({"person": "#fff", "room": "#fff"}, "Only one person in the picture"),
    ],
    ids=["nobody", "two people"],
)
def test_the_voter_is_told_what_to_do(drawn_site, page, scene, words):
    sign_in(page, drawn_site, "ada", start=False)
    draw(page, **scene)
    page.locator("section[data-state=intro] [data-start]").click()

    expect(page.locator("[data-hint-text]")).to_contain_text(words, timeout=10_000)

    draw(page, person="rgb(224, 32, 32)", room="#9fb4c2")
    page.wait_for_url("**/elections/", timeout=30_000)


def test_a_refused_camera_is_explained_and_can_be_tried_again(drawn_site, page):
    sign_in(page, drawn_site, "ada", start=False)
    draw(page, refused=True)
    page.locator("section[data-state=intro] [data-start]").click()

    refused = page.locator(".capture > section:visible")
    expect(refused).to_contain_text(re.compile("camera", re.I))
    draw(page, refused=False)
    refused.locator("[data-start]").click()

    page.wait_for_url("**/elections/", timeout=30_000)


def test_a_cut_connection_is_taken_up_again(drawn_site, page):
    sign_in(page, drawn_site, "ada", start=False)
    draw(page, person="", room="#000")
    page.locator("section[data-state=intro] [data-start]").click()
    expect(page.locator("[data-hint-text]")).to_contain_text("oval", timeout=10_000)

    page.evaluate("() => window.drawn.sockets.at(-1).close()")
    expect(shown(page, "reconnecting")).to_be_visible()
    draw(page, person="rgb(224, 32, 32)", room="#9fb4c2")

    page.wait_for_url("**/elections/", timeout=30_000)


@pytest.mark.slow
def test_an_empty_chair_runs_out_of_time_and_can_begin_again(drawn_site, page):
    sign_in(page, drawn_site, "ada", start=False)
    draw(page, person="", room="#000")
    page.locator("section[data-state=intro] [data-start]").click()

    expect(shown(page, "timed-out")).to_be_visible(timeout=40_000)
    draw(page, person="rgb(224, 32, 32)", room="#9fb4c2")
    shown(page, "timed-out").locator("[data-start]").click()

    page.wait_for_url("**/elections/", timeout=30_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_keeps_anybody_out(drawn_site, browser_with, scheme):
    if not AXE.is_file():
        pytest.skip("needs axe-core: npm ci")
    found = []
    with browser_with() as browser:
        page = drawn_page(browser, color_scheme=scheme)
        for path in PUBLIC:
            page.goto(drawn_site.url + path)
            found += problems(page)
        sign_in(page, drawn_site, "ben", start=False)
        found += problems(page)
        draw(page, person="", room="#000")
        page.locator("section[data-state=intro] [data-start]").click()
        expect(page.locator("[data-hint-text]")).to_contain_text("oval", timeout=10_000)
        found += problems(page)
        draw(page, person="rgb(224, 32, 32)", room="#9fb4c2")
        page.wait_for_url("**/elections/", timeout=30_000)
        found += problems(page)
        page.goto(f"{drawn_site.url}/elections/{SLUG}/details/")
        found += problems(page)
        to_the_ballot(page, drawn_site, "ben")
        found += problems(page)
        fill_in(page)
        found += problems(page)
        encrypt(page)
        found += problems(page)
        page.goto(f"{drawn_site.url}/account/")
        found += problems(page)

    assert not found, "\n".join(found)


def test_an_official_closes_counts_and_releases(drawn_site, page):
    page.set_viewport_size({"width": 1280, "height": 800})
    sign_in_official(page, drawn_site)
    for step in ("Close the election", "Count the ballots", "Release the result"):
        take_election_step(page, drawn_site, 1, step)

    page.goto(f"{drawn_site.url}/elections/{SLUG}/results/")
    expect(page.locator("table").first).to_be_visible()
