"""The office's part of the main story on real faces: enrolled in the administration, let in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import AXE, problems
from tests.e2e.conftest import running_site, running_worker
from tests.e2e.drawn_site import MAKE_OFFICIAL, OFFICIAL, PASSWORD, sign_in, sign_in_official
from tests.e2e.enrolment_page import drop, enrolment_of
from tests.support.still_films import film, frame, jpeg

pytestmark = pytest.mark.slow

FRAMES = 90
CUT_OFF = "The face is too close or cut off"
SET_UP = f"""{MAKE_OFFICIAL}
from tests.support.people import agreeing
for name in ('carla', 'dieter', 'erik'):
    agreeing(name, password={PASSWORD!r})
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    settings = {"CELERY_TASK_ALWAYS_EAGER": "off", "CHALLENGE_LOGIN": "passive"}
    with running_site(folder, **settings) as site:
        site.shell(SET_UP)
        with running_worker(site):
            yield site


@pytest.fixture(scope="module")
def taken(clips, photos, tmp_path_factory):
    """Photos of person C, by name and content: frames of the clip's first half."""
    folder = tmp_path_factory.mktemp("taken") / "person_c"
    photos(clips / "person_c" / "bona_fide.mp4", folder)
    return [(file.name, file.read_bytes()) for file in sorted(folder.iterdir())]


def tiles(page, words):
    return page.locator("[data-tiles] > li").filter(has_text=words)


@pytest.mark.shared_data
def test_who_was_enrolled_in_the_administration_is_let_in(
    office, taken, clips, webcam, browser_with
):
    file = webcam(clips / "person_c" / "bona_fide.mp4")
    with browser_with(file) as browser:
        desk = browser.new_page()
        sign_in_official(desk, office)
        enrolment_of(desk, office, "carla")

        drop(desk, taken)

        expect(desk.locator("[data-summary]")).to_contain_text("Enrolled", timeout=60_000)
        expect(desk.locator("[data-tiles] > li")).to_have_count(len(taken))
        # A frame in which the person looks away may be refused, with its reason.
        expect(tiles(desk, "waiting")).to_have_count(0, timeout=60_000)
        assert tiles(desk, "usable").count() >= len(taken) - 2

        page = browser.new_context().new_page()
        sign_in(page, office, "carla")
        page.wait_for_url("**/elections/", timeout=60_000)
        expect(page.get_by_role("button", name=re.compile("sign out", re.I))).to_be_visible()


def test_a_photo_of_somebody_else_is_told_apart(office, portraits, browser_with):
    own = [(photo.name, photo.read()) for photo in portraits["obama"]]
    other = ("other.jpg", portraits["biden"][0].read())
    cut_off = ("cut off.jpg", jpeg(frame(portraits["obama"][0], nearer=3, shift=(220, 0))))
    with browser_with() as browser:
        desk = browser.new_page()
        sign_in_official(desk, office)
        enrolment_of(desk, office, "dieter")

        drop(desk, [*own, other, cut_off])

        not_alike = tiles(desk, "It does not look like this voter's other photos")
        expect(not_alike).to_have_count(1, timeout=60_000)
        expect(tiles(desk, "waiting")).to_have_count(0, timeout=60_000)
        expect(tiles(desk, CUT_OFF)).to_have_count(1)
        expect(tiles(desk, "usable")).to_have_count(3)


def test_a_photo_is_taken_with_the_camera_of_this_computer(
    office, portraits, still_webcam, browser_with
):
    with browser_with(still_webcam(film(portraits["collins"][0], FRAMES))) as browser:
        desk = browser.new_page()
        sign_in_official(desk, office)
        enrolment_of(desk, office, "erik")
        desk.get_by_text("Take photos with this computer's camera").click()

        take_one(desk)

        expect(tiles(desk, "usable")).to_have_count(1, timeout=60_000)


def test_liveness_data_is_collected_with_the_camera(office, portraits, still_webcam, browser_with):
    office.shell(
        "from accounts.models import User\n"
        f"User.objects.filter(username={OFFICIAL!r}).update(is_superuser=True)"
    )
    with browser_with(still_webcam(film(portraits["biden"][0], FRAMES))) as browser:
        desk = browser.new_page()
        sign_in_official(desk, office)
        desk.goto(f"{office.url}/admin/biometrics/enrolment/collect/")
        take_one(desk)
        expect(desk.locator("[data-problem]")).to_contain_text("Whose face")

        desk.get_by_label("Whose face").fill("c-1")
        desk.get_by_label("Which camera").fill("laptop")
        desk.get_by_label("This person has agreed").check()
        desk.locator("[data-shutter]").click()

        expect(desk.locator("[data-said]")).to_contain_text(
            "Kept. Pictures so far: 1.", timeout=30_000
        )
        if AXE.is_file():
            assert not problems(desk)


def take_one(page):
    page.locator("section[data-state=intro] [data-start]").click()
    page.locator("[data-shutter]").click()
