from __future__ import annotations

import time

import pytest
from django.contrib.auth import get_user_model

from tests.support.polls import draft_election
from voting.roll.reading.cells import harmless
from voting.roll.reading.file import MAX_ROWS, RollFileRefused, read_roll
from voting.roll.resources import RollResource, dataset_of

HEAD = "voter_number,name,date_of_birth,email\n"
ROW = "1,Ada,1980-01-02,a@example.org\n"


@pytest.mark.parametrize(
    "data",
    [
        (HEAD + ROW).encode(),
        (HEAD + ROW).encode("utf-8-sig"),
        (HEAD + ROW).encode("utf-16"),
        (HEAD + ROW).replace(",", ";").encode(),
        (HEAD + ROW).replace(",", "\t").encode(),
        (HEAD + ROW).replace("\n", "\r\n").encode(),
        (HEAD + ROW + "\n,,,\n").encode(),
    ],
)
def test_the_same_roll_is_read_from_every_usual_file(data):
    rows = read_roll(data)

    assert [(row.voter_number, row.name) for row in rows] == [("1", "Ada")]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        (HEAD + "1,Jörg,,\n", None, None),
        (HEAD + HEAD, 2, 1),
        ("voter_number\n1\n", 1, 1),
        ("voter_number,name,shoe\n1,A,9\n", 1, 3),
        ("voter_number,name,name\n1,A,B\n", 1, 3),
        (HEAD + "1,A\n", 2, 3),
        (HEAD + "1,A,,,extra\n", 2, 5),
        (HEAD + "1,A,,\n 1 ,B,,\n", 3, 1),
        (HEAD + "a1,A,,\nA1,B,,\n", 3, 1),
        (HEAD + "\uff11,A,,\n1,B,,\n", 3, 1),
        (HEAD + "1,A,1980-02-30,\n", 2, 3),
        (HEAD + "1,A,,not-an-address\n", 2, 4),
        (HEAD + ",A,,\n", 2, 1),
        (HEAD + "1,A\x07,,\n", 2, 2),
        (HEAD + '1,"A\n', 2, 1),
        ("", 1, 1),
        (HEAD + "1,A,,\n2," + "x" * 300 + ",,\n", 3, 2),
    ],
)
def test_every_error_has_its_line_and_column(text, line, column):
    if line is None:
        text_bytes, line, column = text.encode("latin-1"), 2, 1
    else:
        text_bytes = text.encode()

    with pytest.raises(RollFileRefused) as caught:
        read_roll(text_bytes)

    assert (caught.value.problems[0].line, caught.value.problems[0].column) == (line, column)


def test_all_errors_are_named_at_once():
    with pytest.raises(RollFileRefused) as caught:
        read_roll((HEAD + "1,A,x,\n2,B,,y\n").encode())

    assert [(problem.line, problem.column) for problem in caught.value.problems] == [(2, 3), (3, 4)]


def test_a_million_rows_are_refused_politely_and_soon():
    data = b"voter_number,name\n" + b"".join(b"%d,A\n" % n for n in range(1_000_000))

    started = time.process_time()
    with pytest.raises(RollFileRefused, match=str(MAX_ROWS)):
        read_roll(data)

    assert time.process_time() - started < 20


def load(election, data, **kwargs):
    return RollResource(election, **kwargs).import_data(dataset_of(data))


def test_three_thousand_rows_take_seconds_and_twice_changes_nothing(db):
    election = draft_election(voters=0).election
    data = b"voter_number,name\n" + b"".join(b"%d,Name\n" % n for n in range(3000))

    started = time.process_time()
    load(election, data)
    took = time.process_time() - started
    again = load(election, data)

    assert election.roll.count() == 3000
    assert took < 20
    assert (again.totals["skip"], again.totals["new"]) == (3000, 0)


def test_one_bad_row_keeps_all_out(db):
    election = draft_election(voters=0).election

    result = load(election, b"voter_number,name,username\n1,A,\n2,B,nobody\n")

    assert result.has_validation_errors()
    assert not election.roll.exists()


def test_missing_accounts_are_made_only_when_asked(db):
    election = draft_election(voters=0).election

    load(election, b"voter_number,name,username\n1,A,new-voter\n", create_voters=True)

    user = get_user_model().objects.get(username="new-voter")
    assert not user.has_usable_password()
    assert election.roll.get().user == user


@pytest.mark.parametrize(
    ("row", "line", "column"),
    [
        (b"2,Ada,ada,\n", 2, "username"),
        (b"2,Ada,,ada@example.org\n", 2, "email"),
        (b"2,Ben,ben,\n3,Ada,ada,\n", 3, "username"),
        (b"2,Ben,ben,\n3,Ada,a b,\n", 3, "username"),
    ],
)
def test_an_account_that_cannot_be_had_is_named_with_its_place(db, row, line, column):
    election = draft_election(voters=0).election
    get_user_model().objects.create_user("ada", email="ada@example.org")
    load(election, b"voter_number,name,username\n1,Ada,ada\n")

    head = b"voter_number,name,username,email\n"
    result = RollResource(election, create_voters=True).import_data(dataset_of(head + row))

    (refused,) = result.invalid_rows
    assert f"Line {line}, column “{column}”" in str(refused.error)
    assert not result.has_errors()
    assert election.roll.count() == 1


def test_a_formula_is_text_on_its_way_in_and_out(db):
    election = draft_election(voters=0).election

    load(election, b"voter_number,name\n=cmd(),=1+1\n")
    exported = RollResource(election).export(election.roll.all()).csv

    assert election.roll.get().name == "=1+1"
    assert not any(cell.startswith("=") for cell in exported.replace("\r\n", ",").split(","))


def test_a_frozen_roll_is_not_imported_into(poll):
    result = load(poll.election, b"voter_number,name\n77,A\n")

    assert result.has_errors()
    assert poll.election.roll.count() == 2


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\tx"])
def test_what_a_spreadsheet_would_run_leaves_as_text(text):
    assert harmless(text).startswith("'")
