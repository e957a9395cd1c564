"""HEAD answers wherever GET does, as link checkers and monitors expect: over real daphne."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest
from django.urls import URLPattern, get_resolver

from tests.e2e.conftest import running_site
from tests.e2e.drawn_site import ENVIRONMENT, OFFICIAL, SET_UP, SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator

# Something that is there for each kind of argument, as far as a demonstration has it.
GIVEN = {
    "slug": SLUG,
    "tracker": "0" * 64,
    "token": "x",
    "uidb64": "MQ",
    "kind": "register",
    "name": "close",
    "format": ".json",
    "app_label": "voting",
    "photo_id": "00000000-0000-0000-0000-000000000000",
    "frame_id": "00000000-0000-0000-0000-000000000000",
}
SIGN_IN = f"""
from importlib import import_module
from accounts.models import User
from accounts.sign_in import login
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
user = User.objects.get(username={OFFICIAL!r})
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), login.BACKEND
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session[login.FACTORS] = [login.PASSWORD, "none"]
session.save()
print(session.session_key)
"""


def addresses(patterns, before="") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern).removeprefix("^").removesuffix("\\Z").rstrip("$")
        if isinstance(pattern, URLPattern):
            yield "/" + route
        else:
            yield from addresses(pattern.url_patterns, route)


def filled(route):
    """A route with its arguments, or "" if it is a pattern that stands for any address."""
    route = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", route)
    route = re.sub(r"<(?:[\w.]+:)?(\w+)>", lambda match: GIVEN.get(match[1], "1"), route)
    return "" if re.search(r"[()^$*?\[]", route) else route.replace("\\", "")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    settings = {**ENVIRONMENT, "SECURITY_CONTACT": "mailto:a@vote.example"}
    with running_site(tmp_path_factory.mktemp("head"), **settings) as running:
        running.shell(SET_UP)
        yield running


def test_every_address_that_answers_get_answers_head_alike(site):
    paths = sorted({filled(route) for route in addresses(get_resolver().url_patterns)} - {""})
    cookie = {"facevote": site.shell(SIGN_IN).split()[-1]}
    different, answered = {}, 0
    for cookies in ({}, cookie):
        with httpx.Client(base_url=site.url, cookies=cookies, timeout=60) as browser:
            for path in paths:
                got, head = browser.get(path), browser.head(path)
                answered += got.status_code == 200
                if head.status_code != got.status_code or head.content:
                    different[path] = (got.status_code, head.status_code)

    assert different == {}
    # Most pages, and those of officials, were really there.
    assert answered > 60
    assert {"/", "/sign-in/", "/robots.txt", f"/elections/{SLUG}/board.jsonl"} <= set(paths)
