"""The election office's pages in a real browser: nobody is kept out, and enrolment by hand."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import AXE, problems
from tests.e2e.conftest import DESK, PHONE, drawn_page, running_site, running_worker
from tests.e2e.drawn_site import ENVIRONMENT, SET_UP, sign_in_official
from tests.e2e.enrolment_page import drop, enrolment_of
from tests.support.pictures import BOB, CROWD, NOBODY, jpeg

GINA = (224, 224, 32)
PAGES = (
    "",
    "accounts/user/",
    "accounts/user/add/",
    "accounts/user/2/change/",
    "accounts/user/2/password-link/",
    "accounts/auditevent/",
    "accounts/auditevent/1/change/",
    "accounts/accessoverride/",
    "accounts/accessoverride/add/",
    "biometrics/enrolment/",
    "biometrics/enrolment/2/change/",
    "biometrics/enrolment/queue/",
    "biometrics/enrolment/evaluation/",
    "biometrics/referencephoto/",
    "biometrics/verificationsession/",
    "biometrics/verificationsession/attempts/",
    "biometrics/facelockout/",
    "voting/election/",
    "voting/election/add/",
    "voting/election/1/change/",
    "voting/election/1/step/close/",
    "voting/contest/",
    "voting/contest/add/",
    "voting/contest/1/change/",
    "voting/voterrollentry/",
    "voting/voterrollentry/import/",
    "voting/voterrollentry/export/",
    "voting/voterrollentry/1/change/",
    "voting/rollchange/",
    "voting/rollchange/add/",
    "voting/trustee/add/",
    "voting/castballot/",
    "voting/boardevent/",
)


@pytest.fixture
def desk(browser_with):
    with browser_with() as browser:
        yield drawn_page(browser, viewport=DESK)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """With a worker of its own, as `make run` has one."""
    settings = {**ENVIRONMENT, "CELERY_TASK_ALWAYS_EAGER": "off"}
    with running_site(tmp_path_factory.mktemp("office"), **settings) as site:
        site.shell(SET_UP)
        with running_worker(site):
            yield site


@pytest.fixture(scope="module")
def draft(drawn_site):
    """Pages of an election that is still edited."""
    found = drawn_site.shell(
        "from voting.models import Contest, Election\n"
        "made = Election.objects.create(\n"
        "    slug='draft', title='A draft', key_mode='trustees', threshold=2)\n"
        "print(made.pk, Contest.objects.create(election=made, title='Chair').pk)"
    )
    election, contest = found.split()[-2:]
    return (
        f"voting/election/{election}/change/",
        f"voting/election/{election}/step/freeze/",
        f"voting/contest/{contest}/change/",
    )


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "size"), [("light", DESK), ("dark", DESK), ("light", PHONE)])
def test_no_officials_page_keeps_anybody_out(drawn_site, draft, browser_with, scheme, size):
    if not AXE.is_file():
        pytest.skip("needs axe-core: npm ci")
    found = []
    with browser_with() as browser:
        page = browser.new_context(viewport=size, color_scheme=scheme).new_page()
        sign_in_official(page, drawn_site)
        for path in (*PAGES, *draft):
            answer = page.goto(f"{drawn_site.url}/admin/{path}")
            assert answer.status == 200, path
            found += problems(page)

    assert not found, "\n".join(found)


def test_ten_dropped_photos_tell_their_states_without_reloading(office, desk):
    office.shell("from tests.support.people import agreeing; agreeing('dora')")
    sign_in_official(desk, office)
    enrolment_of(desk, office, "dora")
    desk.evaluate("() => { window.stayed = true; }")
    files = [photo(number, who) for number, who in enumerate([BOB] * 7 + [NOBODY, CROWD])]

    drop(desk, [*files, ("no.jpg", b"GIF89a and no more")])

    tiles = desk.locator("[data-tiles] > li")
    expect(tiles).to_have_count(9, timeout=30_000)
    expect(desk.locator("[data-summary]")).to_contain_text("Enrolled", timeout=30_000)
    expect(tiles.filter(has_text="usable")).to_have_count(7)
    expect(tiles.filter(has_text="No face was found")).to_have_count(1)
    expect(tiles.filter(has_text="More than one face is in the picture")).to_have_count(1)
    expect(desk.locator("[data-uploads]")).to_contain_text("Only JPEG, PNG, WebP and HEIC")
    assert desk.evaluate("() => window.stayed")

    tiles.filter(has_text="No face was found").locator("[data-do=remove]").click()
    expect(tiles).to_have_count(8)


def test_markup_in_names_of_people_and_files_is_shown_as_text(office, desk):
    office.shell(
        "from accounts.models import User; from biometrics.enrolment.photos import store_photo\n"
        "from biometrics.enrolment.encoding import encode; from django.utils import timezone\n"
        "from tests.support.pictures import jpeg\n"
        "from tests.support.scripted_engine import ScriptedEngine\n"
        "from tests.support.people import agreeing\n"
        "user = agreeing('<b>gina</b>')\n"
        f"photo = store_photo(user, jpeg({GINA}), None)\n"
        "encode(photo.pk, ScriptedEngine(), now=timezone.now())\n"
        "agreeing('frida')"
    )
    sign_in_official(desk, office)
    enrolment_of(desk, office, "frida")

    drop(desk, [photo(1, GINA), ("<b>no</b>.jpg", b"GIF89a and no more")])

    tile, upload = desk.locator("[data-tiles] > li"), desk.locator("[data-uploads]")
    expect(tile).to_contain_text("Looks like: <b>gina</b>", timeout=30_000)
    expect(upload).to_contain_text("<b>no</b>.jpg")
    expect(tile.or_(upload).locator("b")).to_have_count(0)


def test_photos_are_taken_with_this_computers_camera(office, desk):
    office.shell("from tests.support.people import agreeing; agreeing('emil')")
    sign_in_official(desk, office)
    enrolment_of(desk, office, "emil")
    desk.evaluate("() => { window.drawn.person = 'rgb(32, 32, 224)'; }")
    desk.get_by_text("Take photos with this computer's camera").click()
    desk.locator("section[data-state=intro] [data-start]").click()
    desk.locator("[data-shutter]").click()

    expect(desk.locator("[data-tiles] > li").filter(has_text="usable")).to_have_count(
        1, timeout=20_000
    )
    desk.get_by_role("button", name="Done, turn the camera off").click()

    assert desk.evaluate("() => document.querySelector('[data-capture] video').srcObject === null")
    expect(desk.locator("[data-summary]")).to_contain_text("Enrolled")


def photo(number, person):
    return f"{number}.jpg", jpeg(person, mark=number)
