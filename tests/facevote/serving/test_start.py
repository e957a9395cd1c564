"""`make run`'s own path, from an empty folder: it serves a page, and Ctrl-C ends all of it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.support.places import BASE
from tests.support.ports import free_port

pytestmark = pytest.mark.slow
# However long it takes on this machine.
STEP = re.compile(r"^(.*?) \.+ (\w+)( \(\d+ s\))?$")
STEPS = [
    "Settings and checks done",
    "Browser libraries done",
    "Database done",
    "Demonstration election done",
    "Web server and worker running",
]


def environment(data, port):
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    return {**kept, "DATA_DIR": str(data), "PORT": str(port), "DEBUG": "on"}


def start(data, port):
    return subprocess.Popen(
        [sys.executable, "-m", "facevote.serving.start"],
        cwd=BASE,
        env=environment(data, port),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def page_of(port):
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/", timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.2)
    raise AssertionError("no page was served")


def until_it_is_started(site):
    """What it says until the box with the address is complete."""
    said = ""
    for line in site.stdout:
        said += line
        if said.count("+--") == 2:
            break
    return said


def children_of(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command(pid):
    return Path(f"/proc/{pid}/cmdline").read_text()


def test_the_start_serves_a_page_and_ctrl_c_ends_everything(tmp_path):
    port = free_port()
    site = start(tmp_path, port)
    try:
        said = until_it_is_started(site)
        page = page_of(port)
        children = children_of(site.pid)
        site.send_signal(signal.SIGINT)
        site.wait(40)
        said += site.stdout.read()
    finally:
        site.kill()

    assert "FaceVote" in page
    assert [STEP.sub(r"\1 \2", line) for line in said.splitlines()[:5]] == STEPS
    assert f"|  FaceVote answers at http://localhost:{port}/ " in said
    assert "|  Official official, password" in said
    assert [line for line in said.splitlines()[5:] if line and line[0] not in "|+"] == []
    for log in (tmp_path / "logs").iterdir():
        assert "password" not in log.read_text()
        assert "WARNING" not in log.read_text()
        assert "superuser" not in log.read_text()
    assert (tmp_path / "vendor").is_dir()
    assert len(children) == 2
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_a_web_server_that_crashes_is_started_again(tmp_path):
    port = free_port()
    site = start(tmp_path, port)
    try:
        page_of(port)
        web, worker = sorted(
            children_of(site.pid), key=lambda child: "facevote.serving.serve" not in command(child)
        )
        os.kill(web, signal.SIGSEGV)
        page = page_of(port)
        running = children_of(site.pid)
        site.send_signal(signal.SIGINT)
        said, _ = site.communicate(timeout=40)
    finally:
        site.kill()

    assert "FaceVote" in page
    assert "The web server ended by SIGSEGV and is started again. The reason may be in" in said
    assert worker in running
    assert web not in running
    assert not any(Path(f"/proc/{child}").exists() for child in running)


def test_a_port_that_is_taken_is_named_before_anything_is_made(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        said, _ = start(tmp_path, port).communicate(timeout=40)

    (line,) = said.splitlines()
    assert line.startswith(f"Port {port} is taken by another program: stop that program, or")
    (suggested,) = re.findall(r"PORT=(\d+) make run$", line)
    other = int(suggested)
    assert other > port
    assert not (tmp_path / "facevote.sqlite3").exists()


def test_a_setting_that_cannot_be_read_ends_the_start_with_one_line(tmp_path):
    port = free_port()
    site = subprocess.run(
        [sys.executable, "-m", "facevote.serving.start"],
        cwd=BASE,
        env={**environment(tmp_path, port), "FRAMES_NEEDED": "ten"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert site.returncode == 1
    assert site.stderr == "FRAMES_NEEDED is no whole number: 'ten'\n"
    assert STEP.sub(r"\1 \2", site.stdout.strip()) == "Settings and checks failed"


def test_a_database_that_cannot_be_used_is_said_with_what_to_do(tmp_path):
    (tmp_path / "facevote.sqlite3").write_text("this is no database, and it is long enough" * 20)
    site = subprocess.run(
        [sys.executable, "-m", "facevote.serving.start"],
        cwd=BASE,
        env=environment(tmp_path, free_port()),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert site.returncode == 1
    (line,) = site.stderr.splitlines()
    assert line.startswith("The database cannot be brought up to date: file is not a database")
    assert "Database" in site.stdout.splitlines()[-1]
    assert site.stdout.rstrip().endswith(("failed", "s)"))


def test_a_port_that_is_no_number_is_named(tmp_path):
    said, _ = start(tmp_path, "eight").communicate(timeout=40)

    assert said == "PORT must be a whole number from 1 to 65535, such as 8001: 'eight'\n"
