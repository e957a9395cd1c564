"""What a person reads while the site starts."""

from __future__ import annotations

import io

import pytest

from facevote.serving.console import Console, boxed
from facevote.serving.reports import PIPE, ReportKind, parse, report


@pytest.fixture
def served():
    """Switched on when pages are answered."""
    return []


@pytest.fixture
def console(tmp_path, served):
    return Console(
        "http://localhost:8000/",
        tmp_path / "logs",
        lambda: bool(served),
        out=io.StringIO(),
        err=io.StringIO(),
    )


def out(console):
    return console._out.getvalue()


def err(console):
    return console._err.getvalue()


def test_a_box_is_as_wide_as_its_longest_line():
    assert boxed(["one", "three"]) == ("+---------+\n|  one    |\n|  three  |\n+---------+")


def test_address_and_passwords_come_last_and_when_pages_are_answered(console, served):
    console.report(ReportKind.BEGIN, "Database")
    console.report(ReportKind.DONE, "")
    console.report(ReportKind.SHOW, "Official official, password secret")
    console.started()
    console.tick()
    assert "secret" not in out(console)

    served.append(True)
    console.tick()
    console.tick()

    lines = out(console).splitlines()
    assert lines[:3] == ["Database ... done", "Web server and worker ... running", ""]
    assert lines[3] == lines[-1]
    assert "FaceVote answers at http://localhost:8000/" in lines[4]
    assert "Official official, password secret" in lines[6]
    assert len({len(line) for line in lines[3:]}) == 1
    assert out(console).isascii()


def test_a_step_that_fails_says_why_on_the_error_stream(console):
    console.report(ReportKind.BEGIN, "Settings and checks")
    console.report(ReportKind.FAILED, "FRAMES_NEEDED is no whole number: 'ten'")
    console.not_prepared(None)

    assert out(console) == "Settings and checks ... failed\n"
    assert err(console) == "FRAMES_NEEDED is no whole number: 'ten'\n"


def test_a_step_that_breaks_off_shows_the_last_line_of_its_log(console, tmp_path):
    log = tmp_path / "web-server.log"
    log.write_text("Traceback\n  File\nOSError: no room\n")
    console.report(ReportKind.BEGIN, "Database")

    console.not_prepared(log)

    assert out(console) == "Database ... failed\n"
    assert err(console).splitlines() == [
        "OSError: no room",
        f"More is in {log}. Remove the cause, then run `make run` again.",
    ]


def test_a_process_that_ends_while_the_site_starts_has_a_line_of_its_own(console):
    console.started()

    console.say("The worker ended with exit code 5 and is started again.")

    assert out(console).splitlines()[1:] == [
        "The worker ended with exit code 5 and is started again."
    ]


def test_without_a_pipe_passwords_and_reasons_reach_the_terminal(monkeypatch, capsys):
    monkeypatch.delenv(PIPE, raising=False)

    report(ReportKind.BEGIN, "Database")
    report(ReportKind.SHOW, "password secret")
    report(ReportKind.FAILED, "no room")

    assert capsys.readouterr() == ("password secret\n", "no room\n")


def test_what_is_no_report_is_refused():
    with pytest.raises(ValueError, match="nonsense"):
        parse(b"nonsense words")
