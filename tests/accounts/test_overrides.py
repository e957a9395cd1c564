"""Two officials let in a voter whose face fails, once, for ten minutes, on the record."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, connections, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import overrides, roles
from accounts.models import AccessOverride, AuditEvent, OverridePurpose, User
from accounts.overrides import OverrideRefusalCode, OverrideRefused

PASSWORD = "a long enough password"


def official(name, role=roles.REGISTRAR):
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    return user


def ask(asking, voter, purpose=OverridePurpose.LOGIN):
    return overrides.request_override(asking, voter, purpose, reason="bandaged", now=timezone.now())


@pytest.fixture
def first(db):
    return official("first")


@pytest.fixture
def second(db):
    return official("second", roles.ELECTION_OFFICER)


@pytest.fixture
def voter(db):
    return User.objects.create_user("voter", password=PASSWORD)


@pytest.fixture
def at_the_face_step(client, voter):
    client.post(reverse("accounts:sign-in"), {"username": "voter", "password": PASSWORD})
    return client


def test_two_officials_let_a_voter_in_once_and_it_is_recorded(
    at_the_face_step, voter, first, second
):
    overrides.confirm(second, ask(first, voter), now=timezone.now())

    at_the_face_step.post(reverse("accounts:override"))

    assert at_the_face_step.session["_auth_user_id"] == str(voter.pk)
    assert at_the_face_step.session["factors"] == ["password", "override"]
    kinds = list(AuditEvent.objects.values_list("action", flat=True))
    assert kinds[-4:] == [
        "override_requested",
        "override_confirmed",
        "override_spent",
        "signed_in",
    ]
    with pytest.raises(OverrideRefused, match=OverrideRefusalCode.NO_OVERRIDE):
        overrides.spend(voter, OverridePurpose.LOGIN, now=timezone.now())


def test_one_official_alone_lets_nobody_in(at_the_face_step, voter, first):
    made = ask(first, voter)

    with pytest.raises(OverrideRefused, match=OverrideRefusalCode.SAME_OFFICIAL):
        overrides.confirm(first, made, now=timezone.now())
    answer = at_the_face_step.post(reverse("accounts:override"))

    assert answer.url == reverse("biometrics:face-step")
    assert "_auth_user_id" not in at_the_face_step.session


def test_the_database_itself_refuses_one_official_for_both(voter, first):
    made = ask(first, voter)

    with pytest.raises(IntegrityError), transaction.atomic():
        AccessOverride.objects.filter(pk=made.pk).update(confirmed_by=first)


def test_after_ten_minutes_it_is_worth_nothing(voter, first, second):
    now = timezone.now()
    overrides.confirm(second, ask(first, voter), now=now)

    with pytest.raises(OverrideRefused, match=OverrideRefusalCode.NO_OVERRIDE):
        overrides.spend(voter, OverridePurpose.LOGIN, now=now + timedelta(minutes=10))


def test_one_for_signing_in_casts_no_ballot(voter, first, second):
    overrides.confirm(second, ask(first, voter), now=timezone.now())

    with pytest.raises(OverrideRefused, match=OverrideRefusalCode.NO_OVERRIDE):
        overrides.spend(voter, OverridePurpose.CAST, "election:1", now=timezone.now())


def test_without_the_password_it_lets_nobody_in(client, voter, first, second):
    overrides.confirm(second, ask(first, voter), now=timezone.now())

    answer = client.post(reverse("accounts:override"))

    assert answer.url == reverse("accounts:sign-in")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("who", ["voter", "auditor", "first"])
def test_who_may_not_confirm_is_refused(voter, first, who):
    made = ask(first, voter)
    person = official("auditor", roles.AUDITOR) if who == "auditor" else None
    person = person or User.objects.get(username=who)

    with pytest.raises(OverrideRefused):
        overrides.confirm(person, made, now=timezone.now())

    made.refresh_from_db()
    assert made.confirmed_by is None


def test_an_officials_account_is_not_let_in(first, second):
    with pytest.raises(OverrideRefused, match=OverrideRefusalCode.OFFICIALS_ACCOUNT):
        ask(first, second)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_many_who_use_it_at_once_one_gets_in(unguarded_after):
    if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("threads need a database file, not SQLite's memory")
    roles.set_up()
    voter = User.objects.create_user("voter")
    overrides.confirm(official("second"), ask(official("first"), voter), now=timezone.now())

    def use(_):
        try:
            overrides.spend(voter, OverridePurpose.LOGIN, now=timezone.now())
        except OverrideRefused:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(use, range(16)))

    assert answers.count(True) == 1


def test_a_request_of_an_earlier_hour_is_confirmed_by_nobody(first, second, voter):
    made = ask(first, voter)
    late = timezone.now() + overrides.REQUEST_LIFE

    with pytest.raises(OverrideRefused) as refused:
        overrides.confirm(second, made, now=late)
    assert refused.value.code == OverrideRefusalCode.NOT_WAITING
    assert not overrides.waiting(now=late).exists()

    overrides.confirm(second, made, now=late - timedelta(seconds=1))
    made.refresh_from_db()
    assert made.confirmed_by == second
