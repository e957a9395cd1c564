"""An import: what the preview says, what is written, and what happens when something goes wrong."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.at_rest import batches
from accounts.models import AuditEvent
from tests.support.polls import draft_election
from tests.support.rolls import imported, previewed, report
from voting import tasks
from voting.elections import freezing
from voting.models import RollImport, VoterRollEntry, WorkState
from voting.refusals import StepRefused
from voting.roll import imports, writing
from voting.roll import plan as plans
from voting.roll.reading.problems import RollFileRefused

FULL = (
    "voter_number,name,date_of_birth,district,username\n"
    "1017,Jörg,1990-12-31,North,jorg\n"
    "0101,Anna,1980-01-02,South,anna\n"
).encode()


@pytest.fixture
def election(db):
    return draft_election(voters=0).election


def roll_of(election):
    columns = ("name", "date_of_birth", "district", "user__username")
    return {
        entry["voter_number"]: tuple(str(entry[column] or "") for column in columns)
        for entry in election.roll.values("voter_number", *columns)
    }


def test_a_column_that_the_file_does_not_have_changes_nothing(election):
    imported(election, FULL, create_voters=True)

    shown = report(election, "voter_number,name\n1017,Jörg Neu\n0101,Anna Neu\n".encode())
    imported(election, "voter_number,name\n1017,Jörg Neu\n0101,Anna Neu\n".encode())

    assert (shown.new, shown.changed, shown.doubts) == (0, 2, ())
    assert roll_of(election) == {
        "1017": ("Jörg Neu", "1990-12-31", "North", "jorg"),
        "0101": ("Anna Neu", "1980-01-02", "South", "anna"),
    }


def test_an_empty_cell_empties_what_the_roll_knew_and_the_preview_says_so(election):
    imported(election, FULL, create_voters=True)
    data = "voter_number,name,date_of_birth,username\n1017,Jörg,,\n0101,Anna,1980-01-02,anna\n"

    kept = previewed(election, data.encode())
    doubts = imports.report_of(kept).doubts

    assert [doubt for doubt in doubts if "date_of_birth" in doubt and "line 2" in doubt]
    assert [doubt for doubt in doubts if "username" in doubt and "line 2" in doubt]
    with pytest.raises(StepRefused):
        imports.confirm(kept, doubts_accepted=False)
    imported(election, data.encode())
    assert roll_of(election)["1017"] == ("Jörg", "", "North", "")
    assert roll_of(election)["0101"] == ("Anna", "1980-01-02", "South", "anna")


def test_the_same_file_twice_changes_nothing(election):
    rows = b"".join(b"%d,Name\n" % number for number in range(3000))

    first = imported(election, b"voter_number,name\n" + rows)
    again = report(election, b"voter_number,name\n" + rows)

    assert (first.state, first.added) == (WorkState.DONE, 3000)
    assert election.roll.count() == 3000
    assert (again.new, again.changed, again.same) == (0, 0, 3000)


def test_one_bad_row_keeps_all_out(election):
    kept = previewed(election, b"voter_number,name,username\n1,A,\n2,B,nobody\n")

    assert kept.state == WorkState.REFUSED
    assert bytes(kept.file) == b""
    with pytest.raises(StepRefused):
        imports.confirm(kept, doubts_accepted=True)
    assert not election.roll.exists()


def test_missing_accounts_are_made_only_when_asked(election):
    imported(election, b"voter_number,name,username\n1,A,new-voter\n", create_voters=True)

    user = get_user_model().objects.get(username="new-voter")
    assert not user.has_usable_password()
    assert election.roll.get().user == user


@pytest.mark.parametrize(
    ("row", "line", "column"),
    [
        (b"2,Ada,ada,\n", 2, 3),
        (b"2,Ada,,ada@example.org\n", 2, 4),
        (b"2,Ben,ben,\n3,Ada,ada,\n", 3, 3),
        (b"2,Ben,ben,\n3,Ada,a b,\n", 3, 3),
    ],
)
def test_an_account_that_cannot_be_had_is_named_with_its_place(election, row, line, column):
    get_user_model().objects.create_user("ada", email="ada@example.org")
    imported(election, b"voter_number,name,username\n1,Ada,ada\n")

    head = b"voter_number,name,username,email\n"
    shown = report(election, head + row, create_voters=True)

    (problem,) = shown.problems
    assert f"Line {line}, column {column}" in problem
    assert election.roll.count() == 1


def test_an_account_is_found_in_any_letters_unless_two_could_be_meant(election):
    for name in ("dora", "Eva", "eva"):
        get_user_model().objects.create_user(name)

    imported(election, b"voter_number,name,username\n1,Dora,DORA\n2,Eva,eva\n")
    shown = report(election, b"voter_number,name,username\n3,Eva,EVA\n", create_voters=True)

    assert set(election.roll.values_list("user__username", flat=True)) == {"dora", "eva"}
    assert "no one account" in shown.problems[0]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("0101,Jo\n0102,Al\n103,Ed\n", "different lengths"),
        ("1001.0,Jo\n", "“.0”"),
    ],
)
def test_numbers_that_a_spreadsheet_may_have_changed_must_be_confirmed(election, rows, words):
    kept = previewed(election, f"voter_number;name\n{rows}".replace(",", ";").encode())

    (doubt,) = imports.report_of(kept).doubts
    assert words in doubt
    assert "line" in doubt
    with pytest.raises(StepRefused):
        imports.confirm(kept, doubts_accepted=False)
    imports.confirm(kept, doubts_accepted=True)


@pytest.mark.parametrize("rows", ["9,Jo\n10,Al\n100,Ed\n", "0101,Jo\n0102,Al\nA7,Ed\n"])
def test_numbers_of_different_lengths_are_no_doubt_where_none_is_filled_up(election, rows):
    assert report(election, f"voter_number,name\n{rows}".encode()).doubts == ()


def test_a_formula_is_kept_as_text(election):
    imported(election, b"voter_number,name\n=cmd(),=1+1\n")

    assert election.roll.get().name == "=1+1"


def test_a_frozen_roll_is_not_imported_into(poll):
    with pytest.raises(StepRefused, match="frozen"):
        previewed(poll.election, b"voter_number,name\n77,A\n")

    assert poll.election.roll.count() == 2


def test_an_election_that_was_frozen_after_the_preview_is_not_imported_into(draft, now):
    kept = previewed(draft.election, b"voter_number,name\n77,A\n")
    freezing.freeze(draft.election, actor=draft.official, now=now)

    imports.confirm(kept, doubts_accepted=True)
    imports.write(kept.pk)

    kept.refresh_from_db()
    assert kept.state == WorkState.FAILED
    assert draft.election.roll.count() == 2


def test_no_batch_is_written_into_a_frozen_roll(poll):
    with pytest.raises(StepRefused, match="frozen"):
        writing.write_rows(poll.election.pk, [])


def test_a_preview_writes_nothing_but_how_far_it_is(election):
    rows = b"".join(b"%d,Name,user-%d\n" % (number, number) for number in range(6000))
    official = get_user_model().objects.create_user("official", is_staff=True)
    kept = imports.begin(
        election,
        b"voter_number,name,username\n" + rows,
        actor=official,
        create_voters=True,
        now=timezone.now(),
    )

    with CaptureQueriesContext(connection) as queries:
        imports.preview(kept.pk)

    written = [q["sql"] for q in queries if not q["sql"].startswith("SELECT")]
    assert written
    assert all(sql.startswith('UPDATE "voting_rollimport"') for sql in written)
    assert get_user_model().objects.count() == 2


def test_rows_are_written_in_short_transactions(election, monkeypatch):
    sizes = []

    def counted(election_id, rows):
        assert connection.in_atomic_block
        sizes.append(len(rows))
        writing.write_rows(election_id, rows)

    monkeypatch.setattr(imports, "write_rows", counted)
    rows = b"".join(b"%d,Name\n" % number for number in range(1000))

    imported(election, b"voter_number,name\n" + rows)

    assert sum(sizes) == 1000
    assert max(sizes) <= batches.MOST


def test_an_import_whose_worker_dies_is_finished_by_another(election, monkeypatch, tasks_at_once):
    class Killed(BaseException):
        pass

    written: list[object] = []
    calls = iter([True, True, False])

    def dying(election_id, rows):
        if not next(calls):
            raise Killed
        written.extend(rows)
        writing.write_rows(election_id, rows)

    monkeypatch.setattr(imports, "write_rows", dying)
    rows = b"".join(b"%d,Name,new-%d\n" % (number, number) for number in range(1000))
    kept = previewed(election, b"voter_number,name,username\n" + rows, create_voters=True)
    imports.confirm(kept, doubts_accepted=True)
    with pytest.raises(Killed):
        imports.write(kept.pk)
    assert 0 < election.roll.count() == len(written) < 1000
    monkeypatch.setattr(imports, "write_rows", writing.write_rows)

    imports.write(kept.pk)
    early = election.roll.count()
    RollImport.objects.update(beat_at=timezone.now() - imports.SILENT - dt.timedelta(seconds=1))
    tasks.sweep_work()

    kept.refresh_from_db()
    assert early == len(written)
    assert (kept.state, kept.added) == (WorkState.DONE, 1000)
    assert election.roll.count() == 1000
    event = AuditEvent.objects.get(action="voters_imported")
    assert event.details == {"added": 1000, "changed": 0}


def test_a_roll_that_somebody_else_has_changed_stops_the_import_and_says_what_is_there(
    election, monkeypatch
):
    rows = b"".join(b"%d,Name\n" % number for number in range(600))

    def overtaken(*args, **kwargs):
        plan = plans.make_plan(*args, **kwargs)
        VoterRollEntry.objects.create(election=election, name="B", voter_number="599")
        return plan

    kept = previewed(election, b"voter_number,name\n" + rows)
    imports.confirm(kept, doubts_accepted=True)
    monkeypatch.setattr(imports, "make_plan", overtaken)

    imports.write(kept.pk)

    kept.refresh_from_db()
    assert kept.state == WorkState.FAILED
    there = election.roll.count() - 1
    assert 0 < there < 600
    assert f"{there} new" in kept.reason
    assert bytes(kept.file) == b""
    assert AuditEvent.objects.get(action="voters_imported").details["added"] == there


def test_an_election_is_not_frozen_while_a_roll_is_imported_into_it(draft, now):
    kept = previewed(draft.election, b"voter_number,name\n77,A\n")
    imports.confirm(kept, doubts_accepted=True)

    with pytest.raises(StepRefused, match="being imported"):
        freezing.freeze(draft.election, actor=draft.official, now=now)


def test_two_files_are_not_imported_at_once(election):
    first, second = (previewed(election, b"voter_number,name\n77,A\n") for _ in range(2))
    imports.confirm(first, doubts_accepted=True)

    with pytest.raises(StepRefused, match="being imported"):
        imports.confirm(second, doubts_accepted=True)


def test_names_and_dates_are_sealed_and_forgotten(election, now):
    kept = previewed(election, FULL, create_voters=True)
    assert kept.state == WorkState.READY
    for stored in (bytes(kept.file), bytes(kept.report)):
        assert "Jörg".encode() not in stored
        assert b"1990-12-31" not in stored

    with time_machine.travel(now + imports.KEPT - dt.timedelta(minutes=1)):
        tasks.sweep_work()
    assert RollImport.objects.exists()
    with time_machine.travel(timezone.now() + imports.KEPT + dt.timedelta(seconds=1)):
        tasks.sweep_work()

    assert not RollImport.objects.exists()


def test_after_an_import_nothing_of_the_file_is_left(election):
    kept = imported(election, FULL, create_voters=True)

    assert (kept.state, bytes(kept.file), bytes(kept.report)) == (WorkState.DONE, b"", b"")


def test_a_failure_is_told_to_the_official_and_no_row_to_the_log(election, monkeypatch, caplog):
    def broken(*_args, **_kwargs):
        raise RuntimeError("Anna, born 1980")

    monkeypatch.setattr(imports, "make_plan", broken)

    kept = previewed(election, FULL)

    assert kept.state == WorkState.FAILED
    assert kept.reason
    assert "Anna" not in caplog.text
    assert "RuntimeError" in caplog.text


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"voter_number\n1\n", b"", b"GIF89a\0\0"])
def test_what_is_no_roll_is_refused_before_it_is_kept(election, data):
    with pytest.raises(RollFileRefused):
        previewed(election, data)

    assert not RollImport.objects.exists()
