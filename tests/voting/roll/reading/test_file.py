from __future__ import annotations

import time

import pytest

from tests.support.rolls import TODAY
from voting.roll.reading.file import read_roll
from voting.roll.reading.problems import RollFileRefused
from voting.roll.reading.text import MAX_ROWS

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
    rows = read_roll(data, today=TODAY).rows

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
        (HEAD + "\u200b,A,,\n", 2, 1),
        (HEAD + "\ufdfa\ufdfa\ufdfa\ufdfa\ufdfa,A,,\n", 2, 1),
        ("voter_number,name\n", 0, 0),
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
        read_roll(text_bytes, today=TODAY)

    assert (caught.value.problems[0].line, caught.value.problems[0].column) == (line, column)


def test_all_errors_are_named_at_once():
    with pytest.raises(RollFileRefused) as caught:
        read_roll((HEAD + "1,A,x,\n2,B,,y\n").encode(), today=TODAY)

    assert [(problem.line, problem.column) for problem in caught.value.problems] == [(2, 3), (3, 4)]


def test_a_million_rows_are_refused_politely_and_soon():
    data = b"voter_number,name\n" + b"".join(b"%d,A\n" % n for n in range(1_000_000))

    started = time.process_time()
    with pytest.raises(RollFileRefused, match=str(MAX_ROWS)):
        read_roll(data, today=TODAY)

    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("2020-W01-1", "like 1980-12-31"),
        ("19901231", "like 1980-12-31"),
        ("2090-12-31", "No voter was born"),
        ("0090-12-31", "No voter was born"),
        ("\uff11990-12-31", "like 1980-12-31"),
    ],
)
def test_a_date_that_no_voter_can_have_is_refused_with_its_place(cell, words):
    data = f"voter_number,name,date_of_birth,username\n1001,Jo,{cell},jo\n".encode()

    with pytest.raises(RollFileRefused) as caught:
        read_roll(data, today=TODAY)

    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (2, 3)
    assert words in problem.words


@pytest.mark.parametrize("born", ["1980-12-31", "1900-01-01", TODAY.isoformat()])
def test_a_date_on_which_somebody_was_born_is_read(born):
    data = f"voter_number,name,date_of_birth\n1001,Jo,{born}\n".encode()

    assert read_roll(data, today=TODAY).rows[0].date_of_birth == born


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("1E+05", "digits of it are lost"),
        ("1,23457E+11", "digits of it are lost"),
        ("#N/A", "error of a spreadsheet"),
        ("#REF!", "error of a spreadsheet"),
        ("#BEZUG!", "error of a spreadsheet"),
        ("########", "error of a spreadsheet"),
        ('"=""0101"""', "formula"),
    ],
)
def test_a_number_that_a_spreadsheet_has_spoiled_is_pointed_at(number, words):
    data = f"voter_number;name\n{number};Jo\n".encode()

    with pytest.raises(RollFileRefused) as caught:
        read_roll(data, today=TODAY)

    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (2, 1)
    assert words in problem.words


@pytest.mark.parametrize("number", ["12E5", "#12", "1001.0", "=A1", "-17", "+49"])
def test_a_number_that_may_be_meant_is_read_as_it_stands(number):
    rows = read_roll(f"voter_number;name\n{number};Jo\n".encode(), today=TODAY).rows

    assert rows[0].voter_number == number


@pytest.mark.parametrize(
    ("first", "second"),
    [("2024\u201301", "2024-01"), ("2024\u221201", "2024-01"), ("10\u200b01", "1001")],
)
def test_numbers_that_look_alike_are_one_number(first, second):
    with pytest.raises(RollFileRefused) as caught:
        read_roll(f"voter_number,name\n{first},Jo\n{second},Al\n".encode(), today=TODAY)

    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (3, 1)
    assert "already in line 2" in problem.words


def test_two_spellings_of_one_user_name_are_one_account():
    data = b"voter_number,name,username\n1,A,dora\n2,B,Dora\n"

    with pytest.raises(RollFileRefused, match="already in line 2"):
        read_roll(data, today=TODAY)


def test_a_user_name_is_read_in_the_normal_form_in_which_accounts_have_it():
    typed = ["zoe\u0308", "\uff41da"]
    lines = "".join(f"{n},A,{name}\n" for n, name in enumerate(typed))

    rows = read_roll(f"voter_number,name,username\n{lines}".encode(), today=TODAY).rows

    assert [row.username for row in rows] == ["zo\u00eb", "ada"]


def test_a_user_name_whose_normal_form_is_too_long_is_refused_where_it_stands():
    data = f"voter_number,name,username\n1,A,{chr(0xFDFA) * 10}\n".encode()

    with pytest.raises(RollFileRefused, match="too long"):
        read_roll(data, today=TODAY)
