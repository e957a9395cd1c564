"""The administration's first page says what waits, to whom can do something about it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts import overrides, roles
from accounts.models import OverridePurpose, User
from accounts.proposals import deciding
from biometrics.models import FaceLockout
from facevote.desk import desk_of
from tests.support.polls import draft_election, open_poll
from voting.elections import freezing, joint_steps
from voting.keys.link_by_two import TRUSTEE_LINK
from voting.models import JointStep, RollChange
from voting.roll import changes

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


def closing_in(hours):
    return timezone.now().replace(second=0, microsecond=0) + timedelta(hours=hours)


def test_all_that_waits_for_a_second_official_stands_there_and_not_for_who_proposed_it():
    first, second = (official(name, roles.ELECTION_OFFICER) for name in ("first", "second"))
    election = open_poll(closes_at=closing_in(1)).election
    changes.propose(RollChange(election=election, reason="x", remove=["N0"]), actor=first)
    later = JointStep(election=election, kind="extend", moment=closing_in(2), reason="x")
    joint_steps.propose(later, actor=first)
    deciding.propose(TRUSTEE_LINK, actor=first, now=timezone.now())

    waiting = {"Changes by two officials", "Steps of two officials", "Roll changes"}
    assert waiting <= set(titles(second))
    assert not waiting & set(titles(first))


def test_a_change_of_a_frozen_roll_waits_there_before_the_election_is_open():
    first, second = (official(name, roles.ELECTION_OFFICER) for name in ("first", "second"))
    poll = draft_election()
    freezing.freeze(poll.election, actor=poll.official, now=timezone.now())
    poll.election.refresh_from_db()
    change = RollChange(election=poll.election, reason="x", remove=["N0"])

    changes.propose(change, actor=first)
    assert "Roll changes" in titles(second)

    changes.decline(change, actor=second)
    assert "Roll changes" not in titles(second)


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
