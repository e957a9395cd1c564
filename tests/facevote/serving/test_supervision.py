from __future__ import annotations

import signal
import stat
import sys
import threading
from pathlib import Path

import pytest

from facevote.serving.supervision import MAX_FAILURES, Child, Supervisor, ending
from tests.support.places import BASE

# Breaks off the first time and ends in order the second time.
ONCE = """
import os, pathlib, signal, sys
first = pathlib.Path("first")
if first.exists():
    sys.exit(0)
first.touch()
os.kill(os.getpid(), signal.SIGSEGV)
"""
ALWAYS = "import sys; open('starts', 'a').write('.'); sys.exit(5)"
SLEEPER = "import time; time.sleep(600)"
# Leaves a process behind; the next start ends in order once that one is gone.
LEAVING = """
import os, pathlib, subprocess, sys, time
left = pathlib.Path("left")
if not left.exists():
    sleeper = subprocess.Popen(["sleep", "600"])
    left.write_text(str(sleeper.pid))
    os.abort()
state = pathlib.Path("/proc", left.read_text(), "stat")
for _ in range(200):
    if not state.exists() or state.read_text().split()[2] == "Z":
        sys.exit(0)
    time.sleep(0.1)
sys.exit(7)
"""
# The other may start only when this one has reported that it is ready.
FIRST = """
import pathlib, sys, time
sys.path.insert(0, %r)
from facevote.serving.reports import ReportKind, report, report_ready
report(ReportKind.BEGIN, "Database")
time.sleep(0.5)
pathlib.Path("prepared").touch()
report(ReportKind.DONE)
report(ReportKind.SHOW, "two\\nlines")
report_ready()
time.sleep(600)
"""
AFTER = "import pathlib, sys; sys.exit(0 if pathlib.Path('prepared').exists() else 9)"


class Heard(list[str]):
    """What a person would be shown, in its order."""

    def report(self, kind, words):
        self.append(f"{kind} {words}")

    def not_prepared(self, log):
        self.append(f"not prepared: {log}")

    def started(self):
        self.append("started")

    def tick(self):
        pass

    def say(self, line):
        self.append(line)


def python(code, folder, name="worker", **options):
    return Child(name, [sys.executable, "-c", code], folder, **options)


def test_a_process_that_breaks_off_is_started_again(tmp_path):
    said = Heard()

    code = Supervisor([python(ONCE, tmp_path)], said).run()

    assert code == 0
    assert said == [
        "started",
        "The worker ended by SIGSEGV and is started again.",
        "The worker ended; FaceVote stops.",
    ]


def test_a_process_that_keeps_breaking_off_is_given_up(tmp_path):
    said = Heard()

    code = Supervisor([python(ALWAYS, tmp_path)], said).run()

    assert code == 5
    assert (tmp_path / "starts").read_text() == "." * MAX_FAILURES
    assert "The worker ended 3 times within 60 seconds, at last with exit code 5" in said[-1]


def test_the_other_process_goes_on_and_ends_with_the_site(tmp_path, monkeypatch):
    other = python(SLEEPER, tmp_path, "web server")
    seen = []
    audience = Heard()
    monkeypatch.setattr(
        audience, "say", lambda _line: seen.append((other.process.pid, other.ended()))
    )

    Supervisor([other, python(ONCE, tmp_path)], audience).run()

    assert seen == [(other.process.pid, None)] * 2
    assert other.ended() == -signal.SIGTERM


def test_what_a_process_left_behind_is_ended_before_it_is_started_again(tmp_path):
    said = Heard()

    code = Supervisor([python(LEAVING, tmp_path)], said).run()

    assert said[1] == "The worker ended by SIGABRT and is started again."
    assert code == 0


def test_stopping_ends_every_process(tmp_path, monkeypatch):
    children = [python(SLEEPER, tmp_path), python(ALWAYS, tmp_path)]
    audience = Heard()
    supervisor = Supervisor(children, audience)
    monkeypatch.setattr(audience, "say", lambda _line: supervisor.stop())

    code = supervisor.run()

    assert code == 0
    assert None not in [child.ended() for child in children]


def test_the_others_wait_until_the_first_is_ready(tmp_path):
    said = Heard()
    first = python(FIRST % str(BASE), tmp_path, "web server", goes_first=True)

    code = Supervisor([first, python(AFTER, tmp_path)], said).run()

    assert code == 0
    assert said == [
        "begin Database",
        "done ",
        "show two\nlines",
        "started",
        "The worker ended; FaceVote stops.",
    ]


def test_a_first_that_does_not_become_ready_ends_all_at_once(tmp_path):
    said = Heard()
    first = python(ALWAYS, tmp_path, "web server", goes_first=True)
    other = python(SLEEPER, tmp_path)

    code = Supervisor([first, other], said).run()

    assert code == 5
    assert (tmp_path / "starts").read_text() == "."
    assert said == ["not prepared: None"]
    assert other.process is None


def test_stopping_while_the_first_prepares_ends_it(tmp_path):
    first = python(SLEEPER, tmp_path, "web server", goes_first=True)
    supervisor = Supervisor([first], Heard())
    threading.Timer(0.5, supervisor.stop).start()

    assert supervisor.run() == 0
    assert first.ended() == -signal.SIGTERM


def test_a_program_that_is_not_there_leaves_nothing_running(tmp_path):
    children = [python(SLEEPER, tmp_path), Child("web server", ["/nowhere/at/all"], tmp_path)]

    with pytest.raises(FileNotFoundError):
        Supervisor(children, Heard()).run()

    assert children[0].ended() == -signal.SIGTERM


def test_what_a_process_writes_is_kept_in_its_log_and_only_its_owner_may_read_it(tmp_path):
    said = Heard()
    log = tmp_path / "logs" / "worker.log"
    broken = "import sys; sys.stderr.write('no room'); sys.stdout.write('what now'); sys.exit(5)"

    Supervisor([python(broken, tmp_path, log=log)], said).run()

    assert log.read_text().count("no room") == log.read_text().count("what now") == MAX_FAILURES
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert said[-1].endswith(f"The reason may be in {log}")


def test_failures_of_long_ago_do_not_count():
    child = Child("worker", [], Path())

    verdicts = [child.keeps_failing(now) for now in (0, 30, 61, 80)]

    assert verdicts == [False, False, False, True]


@pytest.mark.parametrize(
    ("code", "words"),
    [(1, "with exit code 1"), (-11, "by SIGSEGV"), (-9, "by SIGKILL"), (-40, "by signal 40")],
)
def test_the_end_is_said_in_words(code, words):
    assert ending(code) == words
