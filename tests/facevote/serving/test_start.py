"""`make run`'s own path, from an empty folder: it serves a page, and Ctrl-C ends all of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

BASE = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.slow


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


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def page_of(port):
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/", timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.2)
    raise AssertionError("no page was served")


def children_of(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command(pid):
    return Path(f"/proc/{pid}/cmdline").read_text()


def test_the_start_serves_a_page_and_ctrl_c_ends_everything(tmp_path):
    port = free_port()
    site = start(tmp_path, port)
    try:
        page = page_of(port)
        children = children_of(site.pid)
        site.send_signal(signal.SIGINT)
        said, _ = site.communicate(timeout=40)
    finally:
        site.kill()

    assert "FaceVote" in page
    assert "Official official, password" in said
    assert "no issues" not in said
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
    assert "The web server ended by SIGSEGV and is started again." in said
    assert worker in running
    assert web not in running
    assert not any(Path(f"/proc/{child}").exists() for child in running)


def test_a_port_that_is_taken_is_named_before_anything_is_made(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        said, _ = start(tmp_path, port).communicate(timeout=40)

    assert f"Port {port} is taken" in said
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
    assert "FRAMES_NEEDED" in site.stderr
    assert "Traceback" not in site.stderr
    assert "answers at" not in site.stdout
