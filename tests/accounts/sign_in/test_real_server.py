"""The sign-in on a real server, which calls middleware in another way than the test client."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.support.people import PASSWORD
from tests.support.real_site import running_site

TYPED = "what was typed as a password"
REFUSED = "The user name or the password is wrong."
NEW = "quite another password 7"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    engine = "tests.support.scripted_engine.ScriptedEngine"
    with running_site(
        tmp_path_factory.mktemp("site"), ENGINE=engine, OFFICIAL_SECOND_FACTOR="none"
    ) as site:
        yield site


@pytest.fixture
def person(site, request):
    """An official of this test alone, who signs in with the password."""
    name = re.sub(r"\W", "_", request.node.name)[-100:]
    site.shell(
        "from accounts.models import User\n"
        f"User.objects.create_user({name!r}, password={PASSWORD!r}, is_staff=True)"
    )
    return name


@pytest.fixture
def browser(site):
    with httpx.Client(base_url=site.url, timeout=60) as browser:
        yield browser


def post(browser, path, **typed):
    browser.get(path)
    form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"], **typed}
    return browser.post(path, data=form)


def sign_in(browser, name, password=PASSWORD, **more):
    return post(browser, "/sign-in/", username=name, password=password, **more)


def test_the_right_password_signs_in_and_out(person, browser):
    answer = sign_in(browser, person)

    assert answer.status_code == 302
    assert browser.get("/account/").status_code == 200
    assert post(browser, "/sign-out/").status_code == 302
    assert browser.get("/account/").status_code == 302


def test_the_fifth_wrong_password_and_those_after_it_are_answered_in_words(person, browser):
    answers = [sign_in(browser, person, TYPED) for _ in range(7)]

    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 3
    assert all(REFUSED in answer.text for answer in answers)
    assert TYPED not in "".join(answer.text for answer in answers)


def test_a_name_that_nobody_has_is_answered_in_the_same_way(browser):
    answers = [sign_in(browser, "nobody at all", TYPED) for _ in range(7)]

    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 3
    assert all(REFUSED in answer.text for answer in answers)


def test_guessing_the_present_password_locks(person, browser):
    sign_in(browser, person)
    new = {"new_password1": NEW, "new_password2": NEW}

    answers = [post(browser, "/account/password/", old_password=TYPED, **new) for _ in range(30)]
    right = post(browser, "/account/password/", old_password=PASSWORD, **new)

    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 26
    assert right.status_code == 429


@pytest.mark.parametrize("wanted", ["word", "account", "admin:index", "a/b", "sign-in/"])
def test_a_bare_word_is_no_place_to_go_to(person, browser, wanted):
    answer = sign_in(browser, person, next=wanted)

    assert answer.status_code == 302
    assert answer.headers["location"] == "/admin/"


def test_a_fault_shows_nothing_that_was_typed(site, person, browser):
    """The password's hash in the database is broken; DEBUG is on."""
    site.shell(
        "from accounts.models import User\n"
        f"User.objects.filter(username={person!r}).update(password='argon2$broken')"
    )

    answer = sign_in(browser, person, TYPED)

    assert answer.status_code == 500
    assert "Traceback" in answer.text
    assert TYPED not in answer.text


def test_of_forty_guesses_at_once_five_are_compared(site, person):
    """By the answers: those that were not compared have status 429."""
    browsers = [httpx.Client(base_url=site.url, timeout=120) for _ in range(40)]
    for browser in browsers:
        browser.get("/sign-in/")

    def guess(browser):
        form = {"username": person, "password": TYPED}
        token = browser.cookies["csrftoken"]
        return browser.post("/sign-in/", data={**form, "csrfmiddlewaretoken": token}).status_code

    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(guess, browsers))
    for browser in browsers:
        browser.close()

    assert set(answers) <= {200, 429}
    assert answers.count(200) <= 5
