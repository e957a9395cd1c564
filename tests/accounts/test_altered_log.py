"""Who gets around the database's guards is still found out by the chain."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts import guards
from accounts.audit import Action, digest, record, verify_chain
from accounts.models import AuditEvent

pytestmark = pytest.mark.django_db
TABLE = guards.TABLE
EVENTS = 6


@pytest.fixture(autouse=True)
def log():
    """Six events, and no guards: what a database's administrator can bring about."""
    with transaction.atomic():
        for number in range(EVENTS):
            record(Action.USER_CHANGED, actor=None, subject=f"user:{number}", number=number)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
        else:
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER audit_no_{verb}")


def sql(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def problem():
    with pytest.raises(CommandError) as refused:
        call_command("verify_audit_log")
    assert refused.value.returncode != 0
    return str(refused.value)


def test_an_untouched_log_holds(capsys):
    call_command("verify_audit_log")

    assert capsys.readouterr().out.startswith(f"{EVENTS} events, unbroken.")


@pytest.mark.parametrize(
    "change",
    [
        "action = 'signed_in'",
        "subject = 'user:9'",
        "actor_id = 7",
        "actor_id = 0",
        "at = '2020-01-01 00:00:00+00:00'",
        """details = '{"number": 9}'""",
        """details = '{}'""",
        "hash = previous_hash",
    ],
)
def test_a_changed_event_is_named(change):
    sql(f"UPDATE {TABLE} SET {change} WHERE sequence = 3")  # noqa: S608

    assert problem() == "event 3 was altered"


def test_a_changed_event_with_a_new_hash_breaks_at_the_next():
    event = AuditEvent.objects.get(sequence=3)
    event.subject = "user:9"
    sql(
        f"UPDATE {TABLE} SET subject = 'user:9', hash = '{digest(event)}'"  # noqa: S608
        " WHERE sequence = 3"
    )

    assert problem() == "event 4 does not follow the one before"


@pytest.mark.parametrize("gone", [1, 3])
def test_a_deleted_event_is_named(gone):
    sql(f"DELETE FROM {TABLE} WHERE sequence = {gone}")  # noqa: S608

    assert problem() == f"event {gone} is missing"


def test_a_deleted_event_whose_place_was_closed_up_is_named():
    sql(
        f"DELETE FROM {TABLE} WHERE sequence = 3",  # noqa: S608
        f"UPDATE {TABLE} SET sequence = 3 WHERE sequence = 4",  # noqa: S608
    )

    assert problem() == "event 3 does not follow the one before"


def test_two_events_that_changed_places_are_named():
    sql(
        f"UPDATE {TABLE} SET sequence = 99 WHERE sequence = 3",  # noqa: S608
        f"UPDATE {TABLE} SET sequence = 3 WHERE sequence = 4",  # noqa: S608
        f"UPDATE {TABLE} SET sequence = 4 WHERE sequence = 99",  # noqa: S608
    )

    assert problem() == "event 3 does not follow the one before"


def test_an_event_put_in_between_is_named():
    columns = "at, action, actor_id, subject, details, previous_hash, hash"
    sql(
        *(
            f"UPDATE {TABLE} SET sequence = {n + 1} WHERE sequence = {n}"  # noqa: S608
            for n in range(EVENTS, 3, -1)
        ),
        f"INSERT INTO {TABLE} (sequence, {columns})"  # noqa: S608
        f" SELECT 4, {columns} FROM {TABLE} WHERE sequence = 3",
    )

    assert problem() == "event 4 does not follow the one before"


def test_a_cut_off_end_is_found_by_a_head_that_was_noted():
    head = verify_chain().head
    call_command("verify_audit_log", head=head)
    sql(f"DELETE FROM {TABLE} WHERE sequence > 4")  # noqa: S608

    call_command("verify_audit_log")
    with pytest.raises(CommandError, match="does not hold the noted head"):
        call_command("verify_audit_log", head=head)
