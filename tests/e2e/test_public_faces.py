"""The real engine in a real browser, on photographs that everybody may use."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import running_site
from tests.e2e.drawn_site import PASSWORD, sign_in
from tests.support.still_films import film as in_a_hand
from tests.support.still_films import stand

pytestmark = pytest.mark.slow

SET_UP = f"""
from accounts.models import User
from django.core.management import call_command
User.objects.create_user('barack', password={PASSWORD!r})
call_command('encode_faces', '{{folder}}', consent_on_paper=True)
"""
LAST_END = """
from biometrics.models import VerificationSession
last = VerificationSession.objects.latest('created_at')
print(last.state, last.reason)
"""
MOVE = re.compile("Turn your head|chin|Come closer")


# The films are longer than the face step, so that no frame comes twice.
SECONDS = 40
FRAMES = 30 * (SECONDS + 20)


@pytest.fixture(scope="module")
def people(portraits, tmp_path_factory):
    """A folder with one voter's three photographs."""
    folder = tmp_path_factory.mktemp("people")
    (folder / "barack").mkdir()
    for photo in portraits["obama"]:
        (folder / "barack" / photo.name).write_bytes(photo.read())
    return folder


@contextmanager
def site_of(people, data, **settings):
    with running_site(data, FACE_STEP_SECONDS=str(SECONDS), **settings) as site:
        site.shell(SET_UP.format(folder=people))
        yield site


@pytest.fixture(scope="module")
def site(people, tmp_path_factory):
    """The settings of `make run`: at sign-in, movements are asked for after anything odd."""
    with site_of(people, tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def strict_site(people, tmp_path_factory):
    """Movements are always asked for."""
    with site_of(people, tmp_path_factory.mktemp("strict"), CHALLENGE_LOGIN="always") as site:
        yield site


def test_the_voter_is_enrolled_by_three_photographs(site):
    told = site.shell(
        "from biometrics.models import Reference\n"
        "for one in Reference.objects.all(): print(one.user.username, one.photos_used)"
    )

    assert told.split() == ["barack", "3"]


def test_a_still_of_the_voter_is_asked_to_move_and_does_not_get_in(
    site, portraits, still_webcam, browser_with
):
    film = still_webcam(stand(portraits["obama"][0], FRAMES))

    is_asked_to_move_and_refused(site, film, browser_with)


def test_a_photograph_in_a_hand_does_not_move_as_a_head_does(
    strict_site, portraits, still_webcam, browser_with
):
    film = still_webcam(in_a_hand(portraits["obama"][0], FRAMES))

    is_asked_to_move_and_refused(strict_site, film, browser_with)


def is_asked_to_move_and_refused(site, film, browser_with):
    with browser_with(film) as browser:
        page = browser.new_page()
        sign_in(page, site, "barack")

        expect(page.locator("[data-hint-text]")).to_have_text(MOVE, timeout=30_000)
        expect(not_confirmed(page)).to_be_visible(timeout=60_000)
        assert last_end(site) == ["refused", "challenge_failed"]
        page.goto(f"{site.url}/elections/")
        assert "/sign-in/" in page.url


def not_confirmed(page):
    return page.get_by_role("heading", name="We could not confirm that it is you")


def last_end(site):
    """State and reason of the last face step; they are stored soon after the page has them."""
    for _ in range(20):
        told = site.shell(LAST_END).split()
        if told != ["open"]:
            return told
    raise AssertionError("the face step was not ended")


def test_another_person_with_the_password_is_refused(site, portraits, still_webcam, browser_with):
    film = still_webcam(in_a_hand(portraits["collins"][0], FRAMES))

    with browser_with(film) as browser:
        page = browser.new_page()
        sign_in(page, site, "barack")

        expect(not_confirmed(page)).to_be_visible(timeout=60_000)
        assert last_end(site) == ["refused", "no_match"]
        page.goto(f"{site.url}/elections/")
        assert "/sign-in/" in page.url


def test_nobody_is_logged_in_before_the_face_step(site, browser_with):
    with browser_with() as browser:
        page = browser.new_page()
        page.goto(f"{site.url}/sign-in/")
        page.get_by_label("User name").fill("barack")
        page.get_by_label("Password").fill(PASSWORD)
        page.locator("main form button[type=submit]").click()

        page.goto(f"{site.url}/elections/")
        assert "/sign-in/" in page.url
