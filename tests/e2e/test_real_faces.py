"""The main story on real faces: enrol, sign in with password and face, vote, find the receipt."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.drawn_site import PASSWORD, sign_in

pytestmark = [pytest.mark.shared_data, pytest.mark.slow]

SET_UP = f"""
from accounts.models import User
for name in ('cleo', 'ben', 'ada'):
    user, _ = User.objects.get_or_create(username=name)
    user.set_password({PASSWORD!r})
    user.save()
"""


@pytest.fixture(scope="module")
def people(site, clips, photos, tmp_path_factory):
    """Three voters with enrolment photos from the first half of their clips."""
    folder = tmp_path_factory.mktemp("people")
    photos(clips / "person_a" / "bona_fide.webm", folder / "ada")
    photos(clips / "person_b" / "bona_fide.mp4", folder / "ben")
    photos(clips / "person_c" / "bona_fide.mp4", folder / "cleo")
    site.shell(SET_UP)
    site.shell(
        "from django.core.management import call_command\n"
        f"try: call_command('encode_faces', {str(folder)!r}, consent_on_paper=True)\n"
        "except SystemExit: pass"
    )
    return folder


def test_the_enrolled_person_is_let_in_by_face(site, people, clips, webcam, browser_with):
    file = webcam(clips / "person_c" / "bona_fide.mp4")

    with browser_with(file) as browser:
        page = browser.new_page()
        sign_in(page, site, "cleo")
        page.wait_for_url("**/elections/", timeout=60_000)

        expect(page.get_by_role("button", name=re.compile("sign out", re.I))).to_be_visible()
    assert "liveness" in site.shell(
        "from biometrics.models import VerificationSession as V\n"
        "print(V.objects.filter(state='verified').latest('ended_at').models_used)"
    )


def test_another_person_with_the_password_is_refused(site, people, clips, webcam, browser_with):
    file = webcam(clips / "person_b" / "bona_fide.mp4")

    with browser_with(file) as browser:
        page = browser.new_page()
        sign_in(page, site, "cleo")
        expect(page.locator("section[data-state=refused]")).to_be_visible(timeout=90_000)

        page.goto(f"{site.url}/elections/")
        assert "/sign-in/" in page.url


@pytest.mark.parametrize(
    ("name", "clip"),
    [("ada", "person_a/replay_phone.webm"), ("ben", "person_b/replay_monitor.mp4")],
    ids=["telephone", "monitor"],
)
def test_the_voter_on_a_screen_is_refused(site, people, clips, webcam, browser_with, name, clip):
    file = webcam(clips / clip)

    with browser_with(file) as browser:
        page = browser.new_page()
        sign_in(page, site, name)
        refused = page.locator("section[data-state=refused], section[data-state=timed-out]")
        expect(refused.filter(visible=True)).to_be_visible(timeout=90_000)

        page.goto(f"{site.url}/elections/")
        assert "/sign-in/" in page.url


def test_the_other_honest_voter_is_let_in(site, people, clips, webcam, browser_with):
    file = webcam(clips / "person_b" / "bona_fide.mp4")

    with browser_with(file) as browser:
        page = browser.new_page()
        sign_in(page, site, "ben")
        page.wait_for_url("**/elections/", timeout=60_000)

        expect(page.get_by_role("button", name=re.compile("sign out", re.I))).to_be_visible()


def test_the_voter_in_the_dark_is_let_in_or_told_to_turn_to_the_light(
    site, people, clips, webcam, browser_with
):
    file = webcam(clips / "person_a" / "bona_fide.webm")

    with browser_with(file) as browser:
        page = browser.new_page()
        sign_in(page, site, "ada")
        told = page.locator("[data-hint-text]").filter(has_text=re.compile("light"))
        let_in = page.get_by_role("button", name=re.compile("sign out", re.I))

        expect(told.or_(let_in).first).to_be_visible(timeout=60_000)


def test_the_voter_votes_and_finds_the_receipt(site, people, clips, webcam, browser_with):
    site.manage("create_demonstration")
    file = webcam(clips / "person_c" / "bona_fide.mp4")

    with browser_with(file) as browser:
        page = browser.new_page()
        sign_in(page, site, "cleo")
        page.wait_for_url("**/elections/", timeout=60_000)
        fill_in_the_ballot(page, site)
        page.locator("[data-encrypt]").click()
        page.locator("section[data-state=encrypted] [data-cast]").click()
        page.locator("section[data-state=face] section[data-state=intro] [data-start]").click()
        page.wait_for_url("**/receipt/**", timeout=60_000)
        tracker = page.url.rstrip("/").rsplit("/", 1)[-1]

        board = page.request.get(f"{site.url}/elections/board-election/board.jsonl").text()
        page.goto(f"{site.url}/elections/board-election/ballot/")

        assert tracker in board
        expect(page.locator("[data-ballot]")).to_have_count(0)


def fill_in_the_ballot(page, site):
    page.goto(f"{site.url}/elections/board-election/details/")
    page.get_by_label("Voter number").fill("1003")
    for part, digits in (("Day", "1"), ("Month", "1"), ("Year", "1990")):
        page.get_by_label(part).fill(digits)
    page.locator("main form button[type=submit]").click()
    for contest in page.locator("fieldset[data-contest]").all():
        contest.locator("label.choice").first.click()
    page.get_by_role("button", name="Review my ballot").click()
