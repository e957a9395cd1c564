"""`manage.py prepare` on a bare folder, as an operator runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading

import pytest
from django.core.exceptions import ImproperlyConfigured

from benchmarks.harness.throwaway import new_database, postgresql_answers
from facevote import local_secrets
from facevote.preparing import keys
from tests.support.places import BASE

ENROL = "from tests.support.people import enrol, person\nenrol(person('alice'))"


class Host:
    """A data folder, and commands that are run for it as on a public site."""

    first: subprocess.CompletedProcess[str]

    def __init__(self, data, **settings):
        self.data = data
        kept = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
        self.environment = {
            **kept,
            "DATA_DIR": str(data),
            "DEBUG": "off",
            "ALLOWED_HOSTS": "vote.example.org",
            "PYTHONPATH": str(BASE),
            **settings,
        }

    def manage(self, *command):
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=BASE,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    engine = "tests.support.scripted_engine.ScriptedEngine"
    host = Host(tmp_path_factory.mktemp("data"), ENGINE=engine)
    host.first = host.manage("prepare")
    return host


def test_a_bare_folder_becomes_a_site_and_all_that_is_written_is_said(prepared):
    done = prepared.first

    assert done.returncode == 0, done.stderr
    file = prepared.data / "keys.json"
    assert f"Keys: made in {file}" in done.stdout
    assert "Keep a copy of this file" in done.stdout
    assert file.stat().st_mode & 0o777 == 0o600
    assert set(json.loads(file.read_text())) == {"SECRET_KEY", "TEMPLATE_KEYS"}
    for said in ("migrations run", "auditor, election officer, registrar", "Static files: "):
        assert said in done.stdout
    for path in prepared.data.iterdir():
        assert (
            path.name in {"facevote.sqlite3", "migrate.lock", "queue"} or str(path) in done.stdout
        )


def test_what_is_left_to_do_by_hand_is_listed(prepared):
    _before, _, left = prepared.first.stdout.partition("Left to do by hand:")

    for said in ("create_official", "keys.json", "TRUSTED_PROXIES", "EMAIL_URL", "OFFICE_CONTACT"):
        assert said in left


def test_a_second_time_changes_nothing(prepared):
    before = (prepared.data / "keys.json").read_bytes()

    done = prepared.manage("prepare")

    assert done.returncode == 0, done.stderr
    assert "Keys: made" not in done.stdout
    assert "Database: up to date" in done.stdout
    assert (prepared.data / "keys.json").read_bytes() == before


def test_the_doctor_finds_it_fit_but_for_what_only_the_operator_knows(prepared):
    done = prepared.manage("doctor")

    assert "database     well" in done.stdout
    assert "worker       LOOK: no worker has given a sign yet" in done.stdout
    assert "settings     FAILED: TRUSTED_PROXIES is not set" in done.stdout
    assert done.returncode == 1


def test_lost_keys_are_told_and_not_replaced(prepared):
    enrolled = prepared.manage("shell", "-c", ENROL)
    assert enrolled.returncode == 0, enrolled.stderr
    file = prepared.data / "keys.json"
    file.rename(prepared.data / "lost.json")

    done = prepared.manage("prepare")

    assert done.returncode == 1
    assert "TEMPLATE_KEYS do not open what this database holds" in done.stderr
    assert not file.exists()
    (prepared.data / "lost.json").rename(file)


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_keys_that_others_can_read_are_not_used(tmp_path, mode):
    file = tmp_path / "keys.json"
    assert local_secrets.create(file)
    file.chmod(mode)

    with pytest.raises(ImproperlyConfigured, match="can be read by others: chmod 600 it"):
        local_secrets.read(file)


@pytest.mark.parametrize("text", ["", "[]", "{", '"a secret"'])
def test_a_file_of_keys_that_is_none_is_told_without_its_contents(tmp_path, text):
    file = tmp_path / "keys.json"
    file.write_text(text)
    file.chmod(0o600)

    with pytest.raises(ImproperlyConfigured) as refused:
        local_secrets.read(file)

    assert str(refused.value) == f"{file} is no file of keys that can be read"


@pytest.mark.parametrize(
    ("missing", "made"), [((), False), (("TEMPLATE_KEYS",), True), (("DEBUG",), False)]
)
def test_keys_are_made_only_for_a_public_site_that_has_none(
    monkeypatch, tmp_path, capsys, missing, made
):
    environment = {"DEBUG": "off", "SECRET_KEY": "s" * 60, "TEMPLATE_KEYS": "k"}
    for name, value in environment.items():
        monkeypatch.setenv(name, "" if name in missing else value)
    if "DEBUG" in missing:
        monkeypatch.setenv("DEBUG", "on")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))

    keys.make_missing()

    assert (tmp_path / "keys.json").exists() is made
    assert ("Keep a copy" in capsys.readouterr().out) is made
    keys.unmake()


def test_of_two_hosts_that_start_together_one_changes_the_tables(tmp_path):
    if not postgresql_answers():
        pytest.skip("needs PostgreSQL at TEST_DATABASE_URL")
    with new_database() as url:
        hosts = [Host(tmp_path / name, DATABASE_URL=url) for name in ("a", "b")]
        done = []
        threads = [
            threading.Thread(target=lambda host=host: done.append(host.manage("prepare")))
            for host in hosts
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(300)

    assert [each.returncode for each in done] == [0, 0], "".join(each.stderr for each in done)
