"""Programs with libraries of others sign people in at a real site, by password and face."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest

from tests.e2e import drawn_site as drawn
from tests.support import other_programs

WIKI = "Flask wiki"


@contextmanager
def opened(browser_with, url):
    from tests.e2e.conftest import drawn_page

    with browser_with() as browser:
        page = drawn_page(browser)
        page.goto(url)
        yield page


def sign_in(page, name):
    """From the program's link to the question whether it may learn who it is."""
    page.get_by_text("Sign in with FaceVote").click()
    page.wait_for_url("**/sign-in/?next=**")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(drawn.PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/sign-in/face/**")
    show_face(page)


def show_face(page):
    page.locator("section[data-state=intro] [data-start]").click()


def agree(page):
    page.locator("button[name=answer][value=yes]").click(timeout=60_000)


def greeted(page):
    page.locator("#who:not(:empty)").wait_for(timeout=60_000)
    return page.locator("#who").inner_text()


@pytest.mark.parametrize("program", [other_programs.django_app, other_programs.page])
def test_a_program_signs_a_person_in(drawn_site, tmp_path, browser_with, program):
    with program(drawn_site, tmp_path) as url, opened(browser_with, url) as page:
        sign_in(page, "ada")
        agree(page)

        assert greeted(page).startswith("Hello")


def test_apache_signs_a_person_in(drawn_site, browser_with):
    if not other_programs.has_apache():
        pytest.skip("needs libapache2-mod-auth-openidc")
    with (
        other_programs.apache(drawn_site) as url,
        opened(browser_with, url) as page,
    ):
        sign_in(page, "cleo")
        agree(page)

        assert greeted(page) == "The intranet."


def test_a_person_in_two_tabs_then_at_once_then_signed_out(drawn_site, tmp_path, browser_with):
    """The whole story: two tabs at the sign-in, a second sign-in without a question, the end."""
    with (
        other_programs.flask_app(drawn_site, tmp_path) as url,
        opened(browser_with, url) as page,
    ):
        other = page.context.new_page()
        other.goto(url)
        other.get_by_text("Sign in with FaceVote").click()
        other.wait_for_url("**/sign-in/?next=**")

        sign_in(page, "ben")
        agree(page)
        assert "seen by pwd and face and mfa" in greeted(page)

        # The first tab still waits with its own request. The program has given up on it, because a
        # browser has one session there: it says so, and begins again.
        page.get_by_text("Sign out").click()
        page.get_by_text("Sign in with FaceVote").click()
        assert greeted(page).startswith("Hello")

        page.goto(f"{drawn_site.url}/account/")
        listed = page.locator(".connected", has_text=WIKI)
        listed.get_by_role("button").click()
        page.get_by_text(re.compile(f"{WIKI} is disconnected")).wait_for()
        page.goto(url)
        page.get_by_text("Sign out").click()
        page.get_by_text("Sign in with FaceVote").click()
        page.locator("button[name=answer][value=no]").click()
        page.wait_for_url(re.compile("error=access_denied"))
