"""Who gets around the database's guards is still found out by the chain."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts import guards, tasks
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


@pytest.fixture(autouse=True)
def heads_file(settings, tmp_path):
    settings.AUDIT_HEADS_FILE = tmp_path / "folder" / "heads.txt"
    return settings.AUDIT_HEADS_FILE


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


def test_the_clock_notes_heads_in_a_file_of_its_own(heads_file, capsys):
    tasks.sweep_accounts()
    tasks.sweep_accounts()

    assert len(heads_file.read_text().splitlines()) == 1
    assert heads_file.stat().st_mode & 0o777 == 0o600
    call_command("verify_audit_log")
    assert "It holds all 1 heads" in capsys.readouterr().out


def test_a_cut_off_end_is_found_without_anybody_having_noted_a_head():
    tasks.sweep_accounts()
    sql(f"DELETE FROM {TABLE} WHERE sequence > 4")  # noqa: S608

    assert "does not hold event 6 as it was noted" in problem()


def test_a_log_that_was_written_anew_is_found():
    tasks.sweep_accounts()
    sql(f"DELETE FROM {TABLE}")  # noqa: S608
    with transaction.atomic():
        for number in range(EVENTS + 3):
            record(Action.USER_CHANGED, actor=None, subject=f"user:{number}", number=0)

    assert "does not hold event 6 as it was noted" in problem()


def test_a_line_that_is_no_head_is_named(heads_file):
    tasks.sweep_accounts()
    heads_file.write_text("nonsense\n")

    assert "holds a line that is no head" in problem()
