"""A roll holds dates of birth: who took a copy of which one stands in the audit log."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import Permission
from django.db import connection

from accounts.audit import Action, verify_chain
from accounts.models import AuditEvent, User
from tests.support.polls import BORN, draft_election
from voting.roll.export import roll_file

EXPORT = "/admin/voting/voterrollentry/export/"


@pytest.fixture
def registrar(client, settings, db):
    settings.OFFICIAL_SECOND_FACTOR = "none"
    user = User.objects.create_user("registrar", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_voterrollentry"))
    client.force_login(user)
    return user


def exported(client, query=""):
    return client.post(f"{EXPORT}{query}", {"format": "0", "resource": ""})


def events():
    return list(AuditEvent.objects.filter(action=Action.ROLL_EXPORTED))


def test_an_export_is_one_event_with_who_which_and_how_many(registrar, client):
    draft = draft_election(voters=3)
    draft_election(slug="another", voters=1)

    answer = exported(client, f"?election__id__exact={draft.election.pk}")

    assert answer["Content-Type"] == "text/csv"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "no-store" in answer["Cache-Control"]
    assert answer.content.decode().count(BORN.isoformat()) == 3
    (event,) = events()
    assert event.actor_id == registrar.pk
    assert event.subject == f"election:{draft.election.pk}"
    assert event.details == {"rows": 3}
    assert verify_chain().ok


def test_of_several_rolls_in_one_file_each_election_is_named(registrar, client):
    first, second = draft_election(slug="a"), draft_election(slug="b")

    exported(client)

    (event,) = events()
    assert event.subject == ""
    assert event.details == {"rows": 4, "elections": f"{first.election.pk}, {second.election.pk}"}


def test_the_event_holds_nothing_about_a_person(registrar, client):
    draft_election()

    exported(client)

    (event,) = events()
    text = json.dumps(event.details) + event.subject
    for personal in (BORN.isoformat(), "Voter", "N0", "voter-0"):
        assert personal not in text


def test_the_file_is_made_before_the_transaction_that_records_it(registrar, client, monkeypatch):
    made = []

    def watched(entries):
        made.append(len(connection.savepoint_ids))
        return roll_file(entries)

    draft_election()
    monkeypatch.setattr("voting.admin.roll_export.roll_file", watched)
    depth = len(connection.savepoint_ids)

    exported(client)

    assert made == [depth]


def test_a_file_of_several_rolls_is_not_said_to_be_importable(registrar, client):
    draft = draft_election(slug="a")
    one = client.get(f"{EXPORT}?election__id__exact={draft.election.pk}").content.decode()
    draft_election(slug="b")

    several = client.get(EXPORT).content.decode()

    assert "can be imported again." in one
    assert "rolls of 2 elections" in several


def test_looking_at_the_form_exports_nothing_and_writes_nothing(registrar, client):
    draft_election()

    page = client.get(EXPORT)

    assert page.status_code == 200
    assert events() == []


def test_an_export_that_cannot_be_recorded_is_not_handed_out(registrar, client, monkeypatch):
    def broken(*_args, **_details):
        raise RuntimeError("no audit log")

    draft_election()
    monkeypatch.setattr("voting.roll.export_record.record", broken)

    with pytest.raises(RuntimeError):
        exported(client)


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_official_who_may_not_see_the_roll_cannot_export_it(registrar, client, method):
    registrar.user_permissions.clear()
    draft_election()

    answer = getattr(client, method)(EXPORT, {"format": "0", "resource": ""})

    assert answer.status_code == 403
    assert events() == []


def test_what_the_api_gives_of_a_roll_is_an_event_as_well(registrar, client):
    draft = draft_election(voters=3)

    answer = client.get(f"/api/elections/{draft.election.slug}/roll/?limit=2")

    assert answer.status_code == 200
    (event,) = events()
    assert event.actor_id == registrar.pk
    assert event.subject == f"election:{draft.election.pk}"
    assert len(answer.json()["results"]) == 2
    assert event.details == {"rows": 2}


def test_a_roll_that_the_api_refuses_is_none(client, settings, db):
    settings.OFFICIAL_SECOND_FACTOR = "none"
    draft = draft_election()
    client.force_login(User.objects.create_user("clerk", is_staff=True))

    assert client.get(f"/api/elections/{draft.election.slug}/roll/").status_code == 403
    assert not events()
