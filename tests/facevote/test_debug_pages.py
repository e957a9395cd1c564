"""Django's own error pages, which a clone shows, hold nothing that somebody typed."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.support.people import pass_password, person

pytestmark = pytest.mark.django_db
TYPED = "what was typed as a password"


@pytest.fixture(autouse=True)
def development(settings):
    settings.DEBUG = True


def fail(*_args, **_kwargs):
    raise RuntimeError("a fault")


@pytest.mark.parametrize(
    "place",
    [
        "accounts.passwords.hashing.Argon2id.verify",
        "accounts.sign_in.tries.take",
        "accounts.sign_in.lock.record",
        "accounts.sign_in.views.render",
    ],
)
def test_a_fault_in_the_sign_in_shows_no_password(monkeypatch, place):
    person("voter")
    monkeypatch.setattr(place, fail)

    answer = pass_password(Client(raise_request_exception=False), "voter", TYPED)

    page = answer.content.decode()
    assert answer.status_code == 500
    assert "Traceback" in page
    assert TYPED not in page


def test_a_program_that_asks_gets_none_either(monkeypatch):
    monkeypatch.setattr("accounts.sign_in.tries.take", fail)
    browser = Client(raise_request_exception=False, headers={"accept": "application/json"})

    answer = pass_password(browser, "voter", TYPED)

    assert answer.status_code == 500
    assert TYPED not in answer.content.decode()


def test_where_nothing_was_sent_the_variables_are_shown(monkeypatch):
    monkeypatch.setattr("accounts.sign_in.views.render", fail)

    answer = Client(raise_request_exception=False).get(reverse("accounts:sign-in"))

    assert "SignInForm" in answer.content.decode()
