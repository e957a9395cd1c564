"""What a voter has done on the ballot page outlives Back, a reload and the end of the session."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.drawn_site import (
    SLUG,
    encrypt,
    fill_in,
    sign_in,
    sign_in_fully,
    to_the_ballot,
)

REFUSED = "[data-ballot] > section[data-state=refused]"


def step(page, name):
    return page.locator(f"[data-ballot] > section[data-state={name}]")


def chosen(page):
    return page.locator("fieldset[data-contest] input:checked").evaluate_all(
        "(inputs) => inputs.map(({ name, value }) => `${name}=${value}`)"
    )


def choose(page):
    for contest in page.locator("fieldset[data-contest]").all():
        contest.locator("label.choice").first.click()


def at_the_ballot(page, site, name):
    sign_in_fully(page, site, name)
    to_the_ballot(page, site, name)


def test_back_leads_through_the_steps_and_loses_no_choice(drawn_site, page):
    at_the_ballot(page, drawn_site, "ada")
    fill_in(page)
    before = chosen(page)
    encrypt(page)
    expect(page).to_have_title(re.compile("Your ballot is encrypted"))
    page.locator("section[data-state=encrypted] [data-cast]").click()
    expect(step(page, "face")).to_be_visible()
    expect(page).to_have_title(re.compile("Show your face"))

    for name in ("encrypted", "review", "filling"):
        page.go_back()
        expect(step(page, name)).to_be_visible()

    assert chosen(page) == before
    page.go_forward()
    expect(step(page, "review")).to_be_visible()
    page.go_forward()
    expect(page).to_have_title(re.compile("Review your ballot"))
    # The ballot that was encrypted is gone since the voter went back to change it.
    expect(step(page, "review")).to_be_visible()
    page.go_back()
    page.go_back()
    expect(step(page, "filling")).to_be_visible()


def test_a_reload_keeps_the_choices_and_says_so(drawn_site, page):
    at_the_ballot(page, drawn_site, "ada")
    fill_in(page)
    before = chosen(page)

    page.reload()

    expect(step(page, "filling")).to_be_visible()
    expect(page.locator("[data-kept]")).to_be_visible()
    assert chosen(page) == before


def test_leaving_an_unfinished_ballot_warns_and_an_empty_one_does_not(drawn_site, page):
    asked = []

    def take(dialog):
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", take)
    at_the_ballot(page, drawn_site, "ada")
    page.reload()
    assert asked == []
    choose(page)

    page.goto(f"{drawn_site.url}/elections/")

    assert asked == ["beforeunload"]


def test_nobody_else_in_the_tab_sees_the_choices(drawn_site, page):
    at_the_ballot(page, drawn_site, "ada")
    choose(page)
    page.goto(f"{drawn_site.url}/elections/")
    kept = "() => Object.keys(sessionStorage).length"
    assert page.evaluate(kept) == 1
    page.evaluate("() => localStorage.setItem('camera', 'the outer one')")

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_function("() => Object.keys(sessionStorage).length === 0")
    # The camera of a polling place is chosen once, and not anew for each voter.
    assert page.evaluate("() => localStorage.getItem('camera')") == "the outer one"


def test_a_voter_whose_session_ended_finds_the_choices_after_signing_in_again(drawn_site, page):
    at_the_ballot(page, drawn_site, "cleo")
    choose(page)
    before = chosen(page)
    page.context.clear_cookies()
    page.reload()
    page.wait_for_url("**/sign-in/**")

    at_the_ballot(page, drawn_site, "cleo")

    assert chosen(page) == before


def test_a_voter_who_was_signed_out_hears_it_before_encrypting(drawn_site, page):
    at_the_ballot(page, drawn_site, "ben")
    fill_in(page)
    page.context.clear_cookies()

    page.locator("[data-encrypt]").click()

    refused = page.locator(REFUSED)
    expect(refused).to_contain_text("You have been signed out")
    expect(refused).to_contain_text("Nothing was cast")
    expect(refused.get_by_role("link", name="Sign in")).to_be_visible()


def test_an_encrypted_ballot_survives_a_new_sign_in_and_is_cast(drawn_site, page):
    at_the_ballot(page, drawn_site, "ben")
    fill_in(page)
    encrypt(page)
    tracker = page.locator("section[data-state=encrypted] [data-tracker]").inner_text()
    page.context.clear_cookies()
    page.locator("section[data-state=encrypted] [data-cast]").click()
    refused = page.locator(REFUSED)
    expect(refused).to_contain_text("You have been signed out")

    other = page.context.new_page()
    sign_in(other, drawn_site, "ben")
    other.wait_for_url("**/elections/", timeout=30_000)
    refused.locator("[data-again]").click()
    expect(refused).to_contain_text("enter your details")
    to_the_ballot(other, drawn_site, "ben")
    # A tab behind another one gets no pictures from its camera.
    page.bring_to_front()
    refused.locator("[data-again]").click()

    expect(step(page, "face")).to_be_visible()
    assert page.locator("section[data-state=face] [data-tracker]").inner_text() == tracker
    page.locator("section[data-state=face] section[data-state=intro] [data-start]").click()
    page.wait_for_url("**/receipt/**", timeout=60_000)
    # Back does not walk through the steps of a ballot that is in the box.
    page.go_back()
    expect(page.get_by_text("You have already cast your ballot")).to_be_visible()
    page.go_back()
    page.wait_for_url("**/elections/")


def test_another_voter_who_signs_in_meanwhile_does_not_cast_this_ballot(drawn_site, page):
    at_the_ballot(page, drawn_site, "cleo")
    fill_in(page)
    encrypt(page)
    other = page.context.new_page()
    at_the_ballot(other, drawn_site, "ada")

    page.locator("section[data-state=encrypted] [data-cast]").click()

    expect(page.locator(REFUSED)).to_contain_text("Somebody else is signed in")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "This page has been open too long"),
        (413, "larger than"),
        (429, "Too many requests"),
        (500, "made a mistake"),
        (503, "is busy"),
        (0, "could not be reached"),
    ],
)
def test_each_failure_has_words_of_its_own(drawn_site, page, status, words):
    def answer(route):
        return route.fulfill(status=status) if status else route.abort()

    at_the_ballot(page, drawn_site, "cleo")
    fill_in(page)
    encrypt(page)
    page.context.route("**/cast/", answer)
    page.evaluate("() => { document.querySelector('[data-ballot]').dataset.face = 'no'; }")

    page.locator("section[data-state=encrypted] [data-cast]").click()

    refused = page.locator(REFUSED)
    expect(refused).to_contain_text(words)
    unsure = status in (0, 500, 503)
    expect(refused.locator("p[data-unsent]")).to_be_visible(visible=unsure)
    title = "not known" if unsure else "was not cast"
    expect(refused.get_by_role("heading", level=1)).to_contain_text(title)
    expect(refused.locator("[data-again]")).to_be_visible()


def test_a_face_step_that_was_passed_is_not_asked_for_again(drawn_site, page):
    at_the_ballot(page, drawn_site, "cleo")
    fill_in(page)
    encrypt(page)
    page.context.route("**/cast/", lambda route: route.fulfill(status=503))
    page.locator("section[data-state=encrypted] [data-cast]").click()
    page.locator("section[data-state=face] section[data-state=intro] [data-start]").click()
    refused = page.locator(REFUSED)
    expect(refused).to_contain_text("is busy", timeout=60_000)
    # Another ballot needs a face step of its own, and the camera can be started for it.
    refused.locator("[data-change]").click()
    page.get_by_role("button", name="Review my ballot").click()
    encrypt(page)
    page.locator("section[data-state=encrypted] [data-cast]").click()
    page.locator("section[data-state=face] section[data-state=intro] [data-start]").click()
    expect(refused).to_be_visible(timeout=60_000)
    page.context.unroute("**/cast/")

    refused.locator("[data-again]").click()

    page.wait_for_url("**/receipt/**", timeout=30_000)


def test_no_network_before_the_ballot_is_sent_is_told_as_certain(drawn_site, page):
    at_the_ballot(page, drawn_site, "ada")
    fill_in(page)
    encrypt(page)
    page.context.set_offline(True)

    page.locator("section[data-state=encrypted] [data-cast]").click()

    refused = page.locator(REFUSED)
    expect(refused).to_contain_text("could not be reached")
    expect(refused.get_by_role("heading", level=1)).to_contain_text("was not cast")
    page.context.set_offline(False)
    refused.locator("[data-again]").click()
    page.locator("section[data-state=face] section[data-state=intro] [data-start]").click()
    page.wait_for_url(f"**/elections/{SLUG}/receipt/**", timeout=60_000)
