"""Tokens for programs: only the hash is stored, and each ends in time or with the password."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.api_tokens.tokens import PREFIX, Scope, make_token, owner_of
from accounts.models import ApiToken, AuditEvent, User
from tests.support.officials import registrar

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def official():
    user = registrar()
    user.set_password("a long enough password")
    user.save()
    return user


@pytest.fixture
def token(official):
    return make_token(
        official, label="letters", scopes=[Scope.ROLLS_READ], life=DAY, now=timezone.now()
    )


def test_the_table_holds_no_token(token):
    row = " ".join(str(value) for value in ApiToken.objects.values().get().values())

    assert token not in row
    assert token.removeprefix(PREFIX) not in row


def test_a_token_names_its_owner_and_notes_the_use(token, official):
    found = owner_of(token, now=timezone.now())

    assert found is not None
    assert found.user == official
    assert ApiToken.objects.get().last_used_at is not None


def test_a_token_expires(token):
    now = timezone.now()

    assert owner_of(token, now=now + DAY - timedelta(minutes=1)) is not None
    assert owner_of(token, now=now + DAY) is None


def test_a_token_ends_with_its_owners_password(token, official):
    official.set_password("quite another password 7")
    official.save()

    assert owner_of(token, now=timezone.now()) is None


def test_the_use_is_noted_once_a_minute(token, django_assert_num_queries):
    now = timezone.now()
    owner_of(token, now=now)
    owner_of(token, now=now + timedelta(seconds=59))
    assert ApiToken.objects.get().last_used_at == now

    later = now + timedelta(seconds=61)
    owner_of(token, now=later)
    assert ApiToken.objects.get().last_used_at == later


@pytest.mark.parametrize("days", [0, -1, 366])
def test_no_token_lives_for_more_than_a_year(official, days):
    with pytest.raises(ValueError, match="a year"):
        make_token(official, label="x", scopes=[], life=timedelta(days=days), now=timezone.now())


def test_the_command_prints_a_token_once_and_puts_it_on_record(official, capsys):
    call_command("create_api_token", "registrar", label="letters", scopes=["rolls:read"])

    printed = capsys.readouterr().out.split()[0]
    found = owner_of(printed, now=timezone.now())
    assert found is not None
    assert found.scopes == ["rolls:read"]
    assert AuditEvent.objects.get().action == "api_token_made"


def test_the_command_makes_none_for_a_voter():
    User.objects.create_user("voter")

    with pytest.raises(CommandError, match="no official"):
        call_command("create_api_token", "voter", label="x", scopes=["rolls:read"])
