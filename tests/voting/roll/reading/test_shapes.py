"""The shapes in which spreadsheets write a table, and files that are far too large."""

from __future__ import annotations

import pytest

from tests.support.rolls import TODAY
from voting.roll.reading.file import read_roll
from voting.roll.reading.header import COLUMNS, read_header
from voting.roll.reading.problems import RollFileRefused
from voting.roll.reading.text import MAX_BYTES, decode

SHAPES = {
    "trailing empty columns": (
        b"voter_number;name;date_of_birth;;;\r\n0101;Jo;1990-12-31;;;\r\n0102;Al;1990-12-30;;;\r\n",
        ["0101", "0102"],
    ),
    "a row with extra commas": (b"voter_number,name\r\n0101,Jo,,,\r\n", ["0101"]),
    "a line that names the separator": (
        b"sep=;\r\nvoter_number;name\r\n0101;Jo\r\n",
        ["0101"],
    ),
    "a separator that is no usual one": (b"sep=|\nvoter_number|name\n0101|Jo\n", ["0101"]),
    "line ends of an old Mac": (b"voter_number;name\r0101;Jo\r0102;Al\r", ["0101", "0102"]),
    "two byte order marks": (
        b"\xef\xbb\xbf\xef\xbb\xbfvoter_number,name\n0101,Jo\n",
        ["0101"],
    ),
    "words in the header": (
        b"Voter Number,Name,Date of birth,E-Mail\n0101,Jo,1990-12-31,\n",
        ["0101"],
    ),
    "a column without a name in the middle": (b"voter_number,,name\n0101,,Jo\n", ["0101"]),
}


def refusal(data):
    with pytest.raises(RollFileRefused) as caught:
        read_roll(data, today=TODAY)
    return caught.value.problems


@pytest.mark.parametrize("shape", SHAPES)
def test_a_table_is_read_in_the_shape_in_which_spreadsheets_write_it(shape):
    data, numbers = SHAPES[shape]

    rows = read_roll(data, today=TODAY).rows

    assert [row.voter_number for row in rows] == numbers
    assert rows[0].name == "Jo"


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (b"voter_number;name;\n0101;Jo;\n0102;Al;north\n", 3, 3),
        (b"voter_number,name\n0101,Jo,,north\n", 2, 4),
        (b"sep=;\nvoter_number;name\n;Jo\n", 3, 1),
        (b"sep=;\nvoter_number;shoe;name\n1;9;Jo\n", 2, 2),
    ],
)
def test_what_stands_where_no_column_has_a_name_is_refused_with_its_place(data, line, column):
    (problem,) = refusal(data)

    assert (problem.line, problem.column) == (line, column)


def test_unicode_text_without_its_mark_is_refused_by_its_name():
    (problem,) = refusal("voter_number;name\r\n0101;Jörg\r\n".encode("utf-16-le"))

    assert "UTF-16" in problem.words
    assert "Unicode text" in problem.words


def test_an_unknown_column_is_refused_with_the_names_that_are_allowed():
    (problem,) = refusal(b"voter_number,name,shoe size\n1,A,9\n")

    assert all(name in problem.words for name in COLUMNS)


@pytest.mark.parametrize(
    "data",
    [
        b"voter_number,name" + b"," * 1_000_000 + b"\n",
        b"voter_number,name\n" + b"\r\n" * 20_000_000,
        b"voter_number,name\r" + b"\r" * 20_000_000,
    ],
    ids=["a million columns", "twenty million empty lines", "empty lines of an old Mac"],
)
def test_a_file_that_is_far_too_large_is_refused_before_any_line_is_read(data):
    assert len(data) <= MAX_BYTES

    with pytest.raises(RollFileRefused, match="too large"):
        read_header(decode(data))


def test_a_row_of_a_million_columns_ends_the_reading():
    rows = b"1,A" + b"," * 1_000_000 + b"\n"

    (problem,) = refusal(b"voter_number,name\n" + rows * 3)

    assert "too large" in problem.words


def test_a_cell_without_an_end_is_refused_with_its_line():
    (problem,) = refusal(b'voter_number,name\n1,Jo\n2,"A\n3,Al\n')

    assert problem.line == 3
