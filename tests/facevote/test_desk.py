"""The administration's first page says what waits, to whom can do something about it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts import overrides, roles
from accounts.models import OverridePurpose, User
from biometrics.models import FaceLockout
from facevote.desk import desk_of
from tests.support.polls import open_poll

pytestmark = pytest.mark.django_db


def official(name, role):
    user = User.objects.create_user(name, is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    return user


def titles(user, **at):
    return [matter.title for matter in desk_of(user, **at)]


def test_an_election_stands_there_with_its_turnout_and_its_next_step():
    open_poll(voters=2)

    (matter,) = desk_of(official("officer", roles.ELECTION_OFFICER))

    assert matter.words == "open: 0 of 2 have voted · next: Close the election"


def test_a_voter_at_the_door_is_urgent_for_the_colleague_and_not_for_who_asked():
    asks, confirms = (official(name, roles.REGISTRAR) for name in ("asks", "confirms"))
    now = timezone.now()
    voter = User.objects.create_user("voter")
    overrides.request_override(asks, voter, OverridePurpose.LOGIN, reason="bandaged", now=now)

    assert desk_of(confirms)[0].urgent
    assert "Let a voter in" not in titles(asks)
    assert "Let a voter in" not in titles(confirms, now=now + timedelta(minutes=31))


def test_each_official_sees_their_own_matters_only():
    FaceLockout.objects.create(user=User.objects.create_user("voter"), blocked=True, failures=50)

    assert titles(official("registrar", roles.REGISTRAR)) == ["Blocked voters"]
    assert titles(official("officer", roles.ELECTION_OFFICER)) == []


def test_an_empty_desk_says_so(client):
    client.force_login(official("registrar", roles.REGISTRAR))

    assert "Nothing waits for you." in client.get("/admin/").content.decode()


def test_the_audit_log_is_read_from_its_end_with_names(client):
    boss = User.objects.create_superuser("boss")
    client.force_login(boss)
    for name in ("first", "second"):
        client.post(
            "/admin/accounts/user/add/",
            {"username": name, "password1": "a long enough one", "password2": "a long enough one"},
        )

    page = client.get("/admin/accounts/auditevent/").content.decode()

    rows = page.split("<tbody>")[1].split("</tbody>")[0]
    assert rows.count(">boss<") == 2
    first, second = (User.objects.get(username=name).pk for name in ("first", "second"))
    assert rows.index(f"user:{second}") < rows.index(f"user:{first}")
