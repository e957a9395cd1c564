"""Every page carries the headers that keep other sites and injected scripts out."""

from __future__ import annotations

import re

import pytest

from accounts.models import User
from tests.support.polls import open_poll
from voting.models import Election

pytestmark = pytest.mark.django_db
PUBLIC = [
    "/",
    "/sign-in/",
    "/verify/",
    "/elections/e/",
    "/elections/e/board/",
    "/elections/e/results/",
    "/no/such/page/",
    "/api/elections/",
]
SIGNED_IN = ["/elections/", "/account/", "/elections/e/details/", "/sign-in/consent/"]
OFFICE = [
    "/admin/",
    "/admin/accounts/user/",
    "/admin/accounts/user/{user}/change/",
    "/admin/accounts/accessoverride/add/",
    "/admin/biometrics/enrolment/",
    "/admin/biometrics/enrolment/queue/",
    "/admin/voting/election/add/",
    "/admin/voting/election/{election}/change/",
    "/admin/voting/voterrollentry/import/",
]


@pytest.fixture(autouse=True)
def site(settings, scripted_engine):
    settings.DEBUG = False
    open_poll()


@pytest.fixture
def official(client):
    client.force_login(User.objects.create_superuser("chief"))
    return client


def see(official, path):
    user, election = User.objects.get(username="chief"), Election.objects.get()
    return official.get(path.format(user=user.pk, election=election.pk))


@pytest.mark.parametrize("path", OFFICE)
def test_the_pages_of_the_office_are_there(official, path):
    assert see(official, path).status_code == 200


@pytest.mark.parametrize("path", [*PUBLIC, *SIGNED_IN, *OFFICE])
def test_every_page_keeps_others_out(official, path):
    answer = see(official, path)

    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    for rule in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert rule in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "camera=(self)" in answer["Permissions-Policy"]
    assert "microphone=()" in answer["Permissions-Policy"]


@pytest.mark.parametrize("path", [*PUBLIC, *SIGNED_IN, *OFFICE])
def test_no_page_has_anything_inline_that_the_policy_would_stop(official, path):
    page = see(official, path).content.decode()

    scripts = re.findall(r"<script(?![^>]*(?:src=|application/json|nonce=))[^>]*>", page)
    styles = re.findall(r"<style|<[a-z][^>]*\sstyle=", page)
    handlers = re.findall(r"<[a-z][^>]*\son[a-z]+=", page)
    assert not scripts + styles + handlers


def test_cookies_are_kept_from_scripts_and_from_other_sites(client):
    client.get("/sign-in/")
    client.post("/sign-in/", {"username": "nobody", "password": "x"})

    for cookie in client.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] in {"Lax", "Strict"}


@pytest.mark.parametrize("path", [*SIGNED_IN, *OFFICE, "/sign-in/", "/sign-in/consent/"])
def test_what_one_person_sees_is_stored_by_no_cache(official, path):
    assert "no-store" in see(official, path).get("Cache-Control", "")
