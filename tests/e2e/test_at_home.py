"""Voters at home in a real browser: own photos, the phone beside the desk, getting ready."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e import at_home, drawn_site
from tests.e2e.axe import problems
from tests.e2e.conftest import DESK, PHONE, drawn_page, running_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, Page

    from tests.support.real_site import Site

LONG = 90_000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("at-home"), **at_home.ENVIRONMENT) as site:
        site.shell(at_home.SET_UP)
        yield site


@pytest.fixture
def browser(browser_with: Callable[..., AbstractContextManager[Browser]]) -> Iterator[Browser]:
    with browser_with() as browser:
        yield browser


def desk_without_camera(browser: Browser) -> Page:
    page = drawn_page(browser, viewport=DESK)
    page.add_init_script("window.drawn.refused = true;")
    return page


def scan(desk: Page, phone: Page) -> None:
    """The phone opens what the desk's QR code says."""
    with desk.expect_response("**/verify/phone/") as answer:
        desk.locator("[data-use-phone]").filter(visible=True).first.click()
    phone.goto(answer.value.json()["address"])


def test_a_voter_takes_photos_an_official_approves_and_the_face_signs_in(
    site: Site, browser: Browser
) -> None:
    page = drawn_page(browser)
    at_home.sign_in(page, site, "dora", next_page="/get-ready/")
    assert problems(page) == []
    at_home.take_photos(page, at_home.DORA)
    page.reload()
    expect(page.locator(".own-photos img")).to_have_count(3)
    assert problems(page) == []
    at_home.hand_in(page)

    office = drawn_page(browser, viewport=DESK)
    at_home.to_the_review(office, site)
    card = office.locator("[data-voter]").first
    expect(card).to_be_focused()
    expect(card).to_contain_text("dora")
    office.keyboard.press("a")
    expect(card.locator("[data-words]")).to_contain_text("Approved")

    page.goto(f"{site.url}/sign-in/photos/")
    page.get_by_role("link", name="Sign in with my face").click()
    at_home.look_like(page, at_home.DORA)
    page.locator("section[data-state=intro] [data-start]").click()
    page.wait_for_url("**/get-ready/", timeout=LONG)
    expect(page.get_by_text("You are ready", exact=True)).to_be_visible()
    assert problems(page) == []


def test_the_face_of_another_under_a_second_name_is_refused_and_the_voter_told_why(
    site: Site, browser: Browser
) -> None:
    """Emil lets ada sit before the camera, who is enrolled."""
    page = drawn_page(browser)
    at_home.sign_in(page, site, "emil")
    at_home.take_photos(page, "rgb(224, 32, 32)")
    at_home.hand_in(page)

    office = drawn_page(browser, viewport=DESK)
    at_home.to_the_review(office, site)
    card = office.locator("[data-voter]").filter(has_text="emil")
    expect(card).to_contain_text(re.compile("This face looks like (ada|ben|cleo)"))
    assert problems(office) == []
    card.focus()
    office.keyboard.press("a")
    office.keyboard.press("r")
    office.keyboard.press("Enter")
    expect(card.locator("[data-words]")).to_contain_text("the voter reads why")

    page.reload()
    expect(page.get_by_text("enrolled under another name already")).to_be_visible()
    expect(page.locator("section[data-state=intro] [data-start]")).to_be_visible()
    assert (
        site.shell(
            "from biometrics.models import ReferencePhoto as P\n"
            "print(P.objects.filter(user__username='emil').count())"
        )
        .strip()
        .endswith("0")
    )


def test_a_picture_on_a_screen_gives_no_photos(site: Site, browser: Browser) -> None:
    page = drawn_page(browser)
    at_home.sign_in(page, site, "fay")
    at_home.look_like(page, at_home.FAY)
    page.evaluate("() => { window.drawn.follows = false; }")
    page.locator("section[data-state=intro] [data-start]").click()

    expect(page.locator("section[data-state=refused]")).to_be_visible(timeout=LONG)
    page.reload()

    expect(page.locator("section[data-state=intro] [data-start]")).to_be_visible()
    assert not page.locator(".own-photos").count()


def test_a_desk_without_a_camera_goes_on_by_the_phone(site: Site, browser: Browser) -> None:
    desk, phone = desk_without_camera(browser), drawn_page(browser, viewport=PHONE)
    drawn_site.sign_in(desk, site, "ada")
    expect(desk.locator("section[data-state=permission-refused]")).to_be_visible()
    scan(desk, phone)
    signs = desk.locator("[data-phone-signs]").inner_text()
    expect(phone.locator("[data-step=asking] [data-code]")).to_have_text(signs)
    expect(phone.locator("[data-account]")).to_have_text("ada")
    assert problems(phone) == []
    assert problems(desk) == []
    # Both pages are loaded again meanwhile: nothing is lost.
    phone.reload()
    desk.reload()
    expect(desk.locator("[data-phone-signs]")).to_have_text(signs)

    phone.get_by_role("button", name="Yes, the same signs").click()
    phone.locator("[data-step=face] [data-state=intro] [data-start]").click()
    phone.get_by_text("Thank you: your computer goes on").wait_for(timeout=LONG)
    desk.wait_for_url("**/elections/", timeout=LONG)

    phone.goto(f"{site.url}/elections/")
    assert "/sign-in/" in phone.url


def test_a_ballot_is_cast_with_the_face_before_the_phone(site: Site, browser: Browser) -> None:
    desk, phone = drawn_page(browser, viewport=DESK), drawn_page(browser, viewport=PHONE)
    drawn_site.sign_in_fully(desk, site, "ben")
    drawn_site.to_the_ballot(desk, site, "ben")
    drawn_site.fill_in(desk)
    drawn_site.encrypt(desk)
    desk.locator("section[data-state=encrypted] [data-cast]").click()
    scan(desk, phone)
    tracker = phone.locator("[data-step=asking] [data-tracker]").inner_text()
    phone.get_by_role("button", name="Yes, the same signs").click()
    phone.locator("[data-step=face] [data-state=intro] [data-start]").click()

    desk.wait_for_url("**/receipt/**", timeout=LONG)

    assert tracker in desk.url


def test_a_second_phone_is_refused_and_a_no_ends_it(site: Site, browser: Browser) -> None:
    desk = desk_without_camera(browser)
    phone, thief = drawn_page(browser), drawn_page(browser)
    drawn_site.sign_in(desk, site, "cleo", start=False)
    scan(desk, phone)
    phone.locator("[data-step=asking]").wait_for()
    thief.goto(phone.url)
    expect(thief.get_by_text("This code is used or too old")).to_be_visible()
    assert problems(thief) == []

    phone.get_by_role("button", name="No, I did not begin this").click()

    expect(phone.get_by_text("Nobody was let in")).to_be_visible()
    expect(desk.get_by_text("This code is over")).to_be_visible()
    desk.get_by_role("button", name="Show a new code").click()
    expect(desk.locator("[data-phone-qr]")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_to_get_ready_has_no_barriers(site: Site, browser: Browser, scheme: str) -> None:
    page = drawn_page(browser, color_scheme=scheme)
    page.goto(f"{site.url}/get-ready/")
    expect(page.locator("[data-browser] li")).to_have_count(4)
    assert problems(page) == []
    page.goto(f"{site.url}/elections/{drawn_site.SLUG}/roll-check/")
    page.get_by_label("Voter number").fill("1001")
    for part, digits in (("Day", "1"), ("Month", "1"), ("Year", "1990")):
        page.get_by_label(part).fill(digits)
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_text("Yes, you are on the roll")).to_be_visible()
    assert problems(page) == []
