"""Guessing elsewhere slows nobody down in a browser in which they have signed in before."""

from __future__ import annotations

import json

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from accounts.sign_in import known_browser
from accounts.sign_in.lock import FREE_FROM_EVERYWHERE
from tests.accounts.sign_in.guessing import (
    ATTACKER,
    HOME,
    guess,
    guess_from_everywhere,
    guess_many_names,
)
from tests.support.people import enrolled, finish, pass_face, pass_password

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("few_failures", "start")]


@pytest.fixture
def voter():
    return enrolled("voter")


def signed_in_before(name):
    browser = Client()
    pass_password(browser, name, REMOTE_ADDR=ATTACKER)
    pass_face(browser)
    finish(browser)
    browser.post(reverse("accounts:sign-out"))
    return browser


def test_a_known_browser_is_slowed_down_by_nobody(client, voter):
    browser = signed_in_before("voter")
    guess_from_everywhere(client, "voter", FREE_FROM_EVERYWHERE + 3)
    for _ in range(6):
        guess(client, "voter")
    guess_many_names(client)

    answer = pass_password(browser, "voter", REMOTE_ADDR=ATTACKER)

    assert answer["Location"] == reverse("biometrics:face-step")


def test_a_known_browser_is_known_for_its_own_accounts_only(client, voter):
    enrolled("attacker")
    browser = signed_in_before("attacker")

    answers = [guess(browser, "voter").status_code for _ in range(7)]

    assert answers == [200] * 4 + [429] * 3
    assert guess_many_names(browser).status_code == 429


def test_a_known_browser_has_five_tries_too(client, voter):
    browser = signed_in_before("voter")

    answers = [guess(browser, "voter", f"203.0.113.{n}").status_code for n in range(1, 8)]

    assert answers == [200] * 4 + [429] * 3


@pytest.mark.parametrize("made_up", ["", "x", "e30:1:x", "eyJicm93c2VyIjoiYSIsIm5hbWVzIjpbXX0:1:y"])
def test_a_cookie_that_the_site_has_not_signed_is_worth_nothing(client, voter, made_up):
    guess_from_everywhere(client, "voter", FREE_FROM_EVERYWHERE)
    browser = Client()
    browser.cookies[known_browser.COOKIE] = made_up

    assert pass_password(browser, "voter", REMOTE_ADDR=HOME).status_code == 429


def test_the_cookie_of_a_known_browser_holds_no_name_and_no_script_reads_it(voter):
    cookie = signed_in_before("voter").cookies[known_browser.COOKIE]

    told = signing.loads(cookie.value, salt=known_browser.SALT)
    assert "voter" not in json.dumps(told)
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_password_alone_makes_no_browser_known(voter):
    browser = Client()

    pass_password(browser, "voter")

    assert known_browser.COOKIE not in browser.cookies
