"""A setting that cannot be used stops the start, in one line that names the variable."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from facevote.environment import BROKERS, DATABASES, REDIS, Environment
from tests.support.places import BASE
from tests.support.ports import free_port

KEY = "e3Qf7zHb0Kd9Wm2Xs5Vc8Rt1Yp4Ln6Ja-Gu_Ei0Ov3Ac5Bx7" * 2
TEMPLATE_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
PRODUCTION = {
    "DEBUG": "off",
    "SECRET_KEY": KEY,
    "TEMPLATE_KEYS": TEMPLATE_KEY,
    "ALLOWED_HOSTS": "vote.example.org",
    "TRUSTED_PROXIES": "1",
    "RESEARCH_MODELS_ACCEPTED": "on",
    "EMAIL_URL": "smtp://127.0.0.1:25",
    "SITE_URL": "https://vote.example.org",
}


def run(command, data, **changes):
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    kept.pop("DEBUG", None)
    return subprocess.run(
        [sys.executable, *command],
        cwd=BASE,
        # A port of its own: another FaceVote may run on this machine.
        env={**kept, "DATA_DIR": str(data), "PORT": str(free_port()), **changes},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("command", "changes", "words"),
    [
        (["manage.py", "check"], {"DEBUG": "off"}, "SECRET_KEY is not set"),
        (["manage.py", "check"], {"DEBUG": "off", "SECRET_KEY": KEY}, "TEMPLATE_KEYS is not set"),
        (["manage.py", "check"], {"ALLOWED_HOSTS": "vote.example.org"}, "ALLOWED_HOSTS"),
        (["manage.py", "migrate"], {"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        (["manage.py", "check"], {"METRICS_ADDRESS": "9100"}, "METRICS_ADDRESS"),
        (["manage.py", "check"], {"STOP_SECONDS": "-1"}, "STOP_SECONDS"),
        (["-m", "facevote.serving.start"], {"FRAMES_NEEDED": "ten"}, "FRAMES_NEEDED"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_the_start_ends_with_one_line(tmp_path, command, changes, words):
    done = run(command, tmp_path, **changes)

    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert words in line


@pytest.fixture
def read(tmp_path, monkeypatch):
    def read(value):
        monkeypatch.setenv("NAME", value)
        return Environment(tmp_path / "no file")

    return read


@pytest.mark.parametrize(
    ("value", "ask"),
    [
        ("ten", lambda env: env.whole("NAME", 1)),
        ("1.5", lambda env: env.whole("NAME", 1)),
        ("maybe", lambda env: env.switch("NAME", default=True)),
        ("nonsense", lambda env: env.database("NAME", "sqlite:///x")),
        ("mysql://u:secret@host/db", lambda env: env.database("NAME", "sqlite:///x")),
        ("postgres://u:secret@host:port/db", lambda env: env.address("NAME", DATABASES)),
        ("http://u:secret@host", lambda env: env.address("NAME", REDIS)),
        ("redis:6379", lambda env: env.address("NAME", BROKERS, "filesystem://")),
        ("post", lambda env: env.mail("NAME", "consolemail://")),
        ("Mars/Base", lambda env: env.zone("NAME", "UTC")),
        ("../../etc/passwd", lambda env: env.zone("NAME", "UTC")),
        ("LOUD", lambda env: env.one_of("NAME", "INFO", ("INFO", "ERROR"))),
        ("/proc/nowhere", lambda env: env.folder("NAME", BASE)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_value_that_cannot_be_read_names_its_variable_and_no_secret(read, value, ask):
    with pytest.raises(ImproperlyConfigured) as refusal:
        ask(read(value))

    assert str(refusal.value).startswith("NAME")
    assert "\n" not in str(refusal.value)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(("value", "meant"), [("on", True), ("TRUE", True), ("0", False)])
def test_switches_are_read_in_all_usual_words(read, value, meant):
    assert read(value).switch("NAME", default=not meant) is meant


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"TEMPLATE_KEYS": []}, "TEMPLATE_KEYS"),
        ({"TEMPLATE_KEYS": ["c2hvcnQ="]}, "TEMPLATE_KEYS"),
        ({"TEMPLATE_KEYS": ["no Base64 !"]}, "TEMPLATE_KEYS"),
        ({"FRAMES_NEEDED": 0}, "FRAMES_NEEDED"),
        ({"FACE_STEP_SECONDS": 4000}, "FACE_STEP_SECONDS"),
        ({"CHALLENGE_CAST": "never"}, "CHALLENGE_CAST"),
        ({"OFFICIAL_SECOND_FACTOR": "sms"}, "OFFICIAL_SECOND_FACTOR"),
        ({"ADDRESS_FAILURE_LIMIT": 1}, "ADDRESS_FAILURE_LIMIT"),
    ],
    ids=str,
)
def test_a_value_that_makes_no_sense_is_an_error_of_check(settings, changes, words):
    for name, value in changes.items():
        setattr(settings, name, value)

    errors = [str(message.msg) for message in run_checks() if message.is_serious()]

    assert len(errors) == 1
    assert words in errors[0]
    assert "\n" not in errors[0]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    done = run(["manage.py", "prepare"], data, **PRODUCTION)
    assert done.returncode == 0, done.stderr
    return data


def test_check_deploy_is_clean_in_production(prepared):
    done = run(
        ["manage.py", "check", "--deploy", "--fail-level", "WARNING"], prepared, **PRODUCTION
    )

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [("HTTPS", "off"), ("OFFICIAL_SECOND_FACTOR", "none"), ("PAD_ENABLED", "off")],
)
def test_check_deploy_names_what_weakens_a_public_site(prepared, name, value):
    done = run(
        ["manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        prepared,
        **{**PRODUCTION, name: value},
    )

    assert done.returncode == 1
    assert name in done.stderr
