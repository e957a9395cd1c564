"""verifier/verify_election.py as a program: what it prints, and its exit codes."""

from __future__ import annotations

import codecs
import gzip
import json
import os
import subprocess
import sys

import pytest

from tests.verifier.found import BOARDS, FORMAT_1, old_board, problems
from tests.verifier.maker import Maker
from tests.verifier.programs import run
from tests.verifier.shapes import Shape
from verifier import verify_election
from verifier.rules.manifest import short
from verifier.rules.printing import quoted
from verifier.rules.strict import dump


def verified(alone, file, *arguments, **environment):
    board = alone.parent / "board.jsonl"
    board.write_bytes(file)
    return run(alone / "verify_election.py", board, *arguments, **environment)


def test_a_finished_election_verifies_without_the_project(alone, election):
    head = alone.parent / "head.json"
    heads = [election.published_head(4), election.receipt(5)]
    head.write_bytes(b"".join(dump(value) + b"\n" for value in heads))

    done = verified(alone, election.file, "--head", head, "--json")

    assert done.returncode == 0, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    assert answer["ok"] is True
    assert answer["fingerprint"] == election.fingerprint
    assert (answer["counted"], answer["ballots"]) == (3, 3)
    assert answer["published"] == {"published head": 1, "receipt": 1}


def test_people_are_told_all_that_the_document_asks_for(alone):
    made = Maker(Shape(registrars=2, mode="trustees", voters=("", ""))).finished()

    done = verified(alone, made.file)

    for words in (
        "format: 2, purpose: real",
        "key: of trustees, 2 of 3 decrypt",
        "trustee 3: “Trustee 3”",
        "endorsements: 3 of 3, waived: []",
        "registrar 2: “Registrar 2”",
        f"key: {short(made.manifest['registrars'][1]['key'])}",
        "roll: 2 voters, 0 changes",
        "ballots: 2, counted: 2, opened: 0",
        "replaced by officials: 0",
        "extended: 0 times",
        "heads on the board: 3",
        "witnesses: 2, 1 must sign the close",
        f"key: {short(made.manifest['witnesses']['list'][1]['key'])}",
        "statements on the board: 1",
        "published head: 0",
        "nothing from elsewhere was checked",
        "choice x1: 1",
    ):
        assert words in done.stdout
    assert done.stdout.splitlines()[-1] == "VERIFIED"


def test_without_registrars_it_is_said_what_that_means(alone):
    done = verified(alone, Maker(Shape(registrars=0)).finished().file)

    assert "the server could vote for people who stay away" in done.stdout


def test_a_problem_is_named_with_its_line_and_the_exit_code_is_1(alone, election):
    done = verified(alone, election.file.replace(b"Choice 1", b"Choice 9"))

    assert done.returncode == 1
    assert "problem: line 2 (head): the signature facevote-2/head does not hold" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("NOT VERIFIED: ")


def test_an_unfinished_election_is_not_called_verified(alone):
    done = verified(alone, Maker().voted().file, "--in-progress")

    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "VERIFIED so far: the election is not finished"


CHANGED_ON_THE_WAY = {
    "empty": (b"", "it is empty"),
    "a mark": (codecs.BOM_UTF8 + FORMAT_1, "begins with a byte-order mark"),
    "UTF-16": (FORMAT_1.decode().encode("utf-16"), "begins with a byte-order mark"),
    "line ends": (FORMAT_1.replace(b"\n", b"\r\n"), "other line ends"),
    "old line ends": (FORMAT_1.replace(b"\n", b"\r"), "other line ends"),
    "one line end": (FORMAT_1[:-1] + b"\r\n", "other line ends"),
    "compressed": (gzip.compress(FORMAT_1), "it is compressed"),
}


@pytest.mark.parametrize(("file", "words"), CHANGED_ON_THE_WAY.values(), ids=CHANGED_ON_THE_WAY)
def test_a_file_that_is_not_as_it_was_downloaded_is_exit_code_2(alone, file, words):
    done = verified(alone, file)

    assert done.returncode == 2
    assert "This is not the file as it was downloaded" in done.stderr
    assert words in done.stderr
    assert "VERIFIED" not in done.stdout


def test_a_file_that_is_not_there_is_exit_code_2(alone):
    done = run(alone / "verify_election.py", alone.parent / "missing.jsonl")

    assert done.returncode == 2


@pytest.mark.parametrize(
    "heads",
    [b"", b"[" * 100_000, b'{"count":1' + b"0" * 5000 + b"}", b"{", b"\xff\xfe", b"1.5\n"],
)
def test_a_heads_file_that_can_not_be_read_is_exit_code_2_and_never_verified(alone, heads):
    file = alone.parent / "heads"
    file.write_bytes(heads)

    done = verified(alone, FORMAT_1, "--head", file)

    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "value", [None, 7, [], {}, "x", {"format": []}, {"format": "facevote-head-2"}]
)
def test_a_heads_file_with_something_else_is_not_verified(alone, value):
    file = alone.parent / "heads"
    file.write_bytes(dump(value) + b"\n")

    done = verified(alone, FORMAT_1, "--head", file)

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stdout.splitlines()[-1] == "NOT VERIFIED: 1 problem"


def test_another_copy_of_the_board_can_be_compared(alone):
    made = Maker().closed()
    common = list(made.lines)
    made.tally()
    made.head()
    other, made.lines = made.file, common
    made.override(1)
    made.head()
    copy = alone.parent / "copy.jsonl"
    copy.write_bytes(other)

    done = verified(alone, made.file, "--head", copy, "--in-progress")

    assert done.returncode == 1
    lines = done.stdout.splitlines()
    proof = lines.index(
        "PROOF OF A FORK: two signed statements of one count end in different events:"
    )
    first, second = (json.loads(line) for line in lines[proof + 1 : proof + 3])
    assert first["count"] == second["count"]
    assert first["hash"] != second["hash"]


SPOOFS = [
    "Board\nVERIFIED",
    "Board\r\x1b[2KVERIFIED",
    "Board\u2028VERIFIED",
    "Board\u202eDEIFIREV",
    "Board\x85VERIFIED",
]


@pytest.mark.parametrize("title", SPOOFS)
def test_a_title_can_not_speak_for_the_verifier(alone, title):
    def edit(events):
        events[0]["body"]["manifest"]["title"] = title
        events[1]["kind"] = title

    done = verified(alone, old_board(edit))

    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    assert not any(line.startswith("VERIFIED") for line in done.stdout.splitlines())
    assert done.stdout.splitlines()[-1].startswith("NOT VERIFIED: ")


def test_what_shows_nothing_is_printed_escaped_and_what_is_long_is_cut():
    """Format 1 allows such characters in names."""
    assert quoted("a\u200bb\u202ec\\d") == "“a\\u200bb\\u202ec\\u005cd”"
    assert quoted("x" * 400) == "“" + "x" * 300 + "…”"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-16"])
def test_the_output_is_utf_8_whatever_the_pipe_is_set_to(alone, encoding):
    def edit(manifest):
        manifest["title"] = {"de": "Seçim: Yönetim, Şubat", "en": "投票"}

    file = Maker(Shape(edit_manifest=edit)).finished().file

    done = verified(alone, file, PYTHONIOENCODING=encoding, PYTHONUTF8="0")

    assert done.returncode == 0, done.stderr
    assert "“Seçim: Yönetim, Şubat”" in done.stdout
    assert "投票" in done.stdout


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="there is no terminal to open here")
def test_a_terminal_shows_how_far_the_program_is(alone, election):
    board = alone.parent / "board.jsonl"
    board.write_bytes(election.file)
    outer, inner = os.openpty()
    command = [sys.executable, alone / "verify_election.py", board]

    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=inner, check=True)
    os.close(inner)
    shown = os.read(outer, 4096).decode()
    os.close(outer)

    assert "\r1 events read, 0 ballots checked" in shown
    assert shown.endswith("\r\x1b[K")
    assert b"events read" not in done.stdout


def test_ballots_are_checked_in_several_processes():
    made = Maker(Shape(voters=("",) * 120, witnesses=0, quorum=0)).opened()
    for number, voter in enumerate(made.voters):
        ballot = made.ballot(voter, made.choice(voter, number))
        if number == 105:
            ballot["contests"][0]["proofs"][0][1] = "00" * 32
        made.put(voter, ballot)

    election = verify_election.verify(made.file, in_progress=True, processes=2)

    ((line, kind, words),) = election.problems
    assert (line, kind) == (111, "ballot")
    assert "position 0: the proof facevote-2/selection does not hold" in words


@pytest.mark.parametrize("data", [b"\n", b"hello", b"{}\n", b"[[[[\n", b"\xc3\n", b"[" * 99_999])
def test_what_is_no_board_file_is_refused_and_not_a_crash(data):
    assert problems(data)


def test_events_after_an_unreadable_manifest_are_named():
    found = problems(FORMAT_1.replace(b"facevote-election-1", b"facevote-election-3"))

    assert found[:2] == [
        "1 open: a manifest of an unknown format",
        "2 ballot: the manifest could not be read",
    ]


def test_the_head_of_format_1_is_read_from_its_file(alone):
    done = verified(alone, FORMAT_1, "--head", BOARDS / "format-1-head.json")

    assert done.returncode == 0
    assert "checked from elsewhere, published head: 1" in done.stdout
