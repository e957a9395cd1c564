"""What goes wrong is said in the site's own words, with what to do next."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.template.loader import render_to_string
from django.test import Client

pytestmark = pytest.mark.django_db
STATUSES = {
    400: "The request could not be read",
    403: "This page is not open to you",
    404: "There is no such page",
    413: "That is too large",
    429: "Too many tries",
    500: "Something went wrong on our side",
    503: "We are not ready for you",
}


@pytest.fixture(autouse=True)
def production(settings):
    settings.DEBUG = False


@pytest.fixture
def browser():
    browser = Client(raise_request_exception=False)
    yield browser
    cache.clear()


@pytest.mark.parametrize(("status", "words"), STATUSES.items())
def test_each_page_stands_without_a_request_or_a_database(status, words, django_db_blocker):
    with django_db_blocker.block():
        page = render_to_string(f"{status}.html")

    assert f"<h1>{words}</h1>" in page
    assert 'class="button" href="/"' in page
    assert page.count("<h1>") == 1


def test_an_unknown_address(browser):
    answer = browser.get("/no/such/page/")

    assert answer.status_code == 404
    assert STATUSES[404] in answer.content.decode()


def test_a_fault_of_ours_says_so_and_tells_nothing_of_itself(browser, monkeypatch):
    def fail():
        raise RuntimeError("a secret detail")

    monkeypatch.setattr("voting.public.views.public_elections", fail)

    answer = browser.get("/")

    page = answer.content.decode()
    assert answer.status_code == 500
    assert STATUSES[500] in page
    assert "secret" not in page
    assert "Traceback" not in page


def test_a_foreign_host_name(browser):
    answer = browser.get("/", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert STATUSES[400] in answer.content.decode()


def test_an_old_form():
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "x"})

    assert answer.status_code == 403
    page = answer.content.decode()
    assert "This form is too old" in page
    assert "load the page again and send the form once more" in page


def test_a_page_of_others(browser, client, django_user_model):
    client.force_login(django_user_model.objects.create_user("clerk", is_staff=True))

    answer = client.get("/admin/voting/election/")

    assert answer.status_code == 403
    assert STATUSES[403] in answer.content.decode()
