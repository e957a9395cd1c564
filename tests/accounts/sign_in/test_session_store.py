"""The table of sessions does not let anybody in: it holds no key that a browser could send."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.sign_in.session_store import SessionStore
from tests.support.whole_login import WholeLoginClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    browser = WholeLoginClient()
    browser.force_login(User.objects.create_user("voter"))
    return browser


def account(key):
    stranger = Client()
    stranger.cookies["facevote"] = key
    return stranger.get(reverse("accounts:profile")).status_code


def test_what_stands_in_the_table_opens_nothing(browser):
    stored = Session.objects.get().session_key

    assert account(browser.cookies["facevote"].value) == 200
    assert account(stored) == 302
    assert browser.cookies["facevote"].value not in stored


def test_signing_out_deletes_the_row(browser):
    browser.post(reverse("accounts:sign-out"))

    assert not Session.objects.exists()


@pytest.mark.parametrize("key", ["", "\x00" * 32, "x" * 5000, "\udc80" * 32])
def test_a_key_that_nobody_was_given_is_forgotten(key):
    store = SessionStore(key)

    assert store.get("anything") is None
    store["a"] = 1
    store.save()
    assert store.session_key not in {key, None}


@pytest.mark.django_db(transaction=True)
def test_both_ways_of_asking_find_the_same_row():
    store = SessionStore()
    store["a"] = 1
    store.save()
    key = store.session_key or ""

    async def ask():
        other = SessionStore(store.session_key)
        assert await other.aget("a") == 1
        assert await other.aexists(key)
        await other.aset("a", 2)
        await other.asave()
        assert await SessionStore(store.session_key).aget("a") == 2
        await other.adelete()
        assert not await other.aexists(key)
        await sync_to_async(connections.close_all)()

    asyncio.run(ask())
    assert not Session.objects.exists()
