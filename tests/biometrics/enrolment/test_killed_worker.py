"""A real worker on the broker of the embedded default, killed with SIGKILL half-way."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time

import pytest
from django.conf import settings

pytestmark = pytest.mark.slow

ADD = """
    from tests.support.pictures import ALICE, jpeg
    from tests.support.people import agreeing
    from biometrics.enrolment.photos import add_photo
    alice = agreeing("alice")
    for mark in range(4):
        add_photo(alice, jpeg(ALICE, mark=mark), None)
"""
SWEEP = """
    from biometrics.tasks import sweep_stale_photos
    sweep_stale_photos()
"""


@pytest.fixture
def instance(tmp_path):
    """An instance of its own: database, photos and queue in a fresh folder."""
    environment = {
        **os.environ,
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'facevote.sqlite3'}",
        "CELERY_BROKER_URL": "filesystem://",
        "ENGINE": "tests.biometrics.enrolment.slow_engine.SlowScriptedEngine",
        "DJANGO_SETTINGS_MODULE": "facevote.settings",
    }
    instance = Instance(tmp_path, environment)
    instance.run(
        "from django.core.management import call_command; call_command('migrate', verbosity=0)"
    )
    yield instance
    for worker in instance.workers:
        worker.kill()
        worker.wait()


class Instance:
    def __init__(self, folder, environment):
        self.folder = folder
        self.environment = environment
        self.workers = []

    def run(self, code):
        script = "import django; django.setup()\n" + textwrap.dedent(code)
        subprocess.run(
            [sys.executable, "-c", script], cwd=settings.BASE_DIR, env=self.environment, check=True
        )

    def start_worker(self, *, seconds_a_photo):
        command = [sys.executable, "-m", "celery", "-A", "facevote", "worker", "-P", "solo"]
        environment = {**self.environment, "SLOW_ENGINE_SECONDS": str(seconds_a_photo)}
        with (self.folder / "worker.log").open("ab") as log:
            worker = subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log
            )
        self.workers.append(worker)
        return worker

    def query(self, sql):
        with sqlite3.connect(self.folder / "facevote.sqlite3", timeout=30) as database:
            return database.execute(sql).fetchall()

    def wait_for(self, sql, *, seconds=40):
        until = time.monotonic() + seconds
        while not self.query(sql)[0][0]:
            assert time.monotonic() < until, (self.folder / "worker.log").read_text()
            time.sleep(0.1)


def test_a_worker_killed_in_the_middle_loses_nothing(instance):
    instance.run(ADD)
    first = instance.start_worker(seconds_a_photo=30)
    instance.wait_for("SELECT count(*) FROM biometrics_referencephoto WHERE started_at IS NOT NULL")
    first.send_signal(signal.SIGKILL)
    first.wait()
    in_the_middle = instance.query("SELECT DISTINCT state FROM biometrics_referencephoto")

    instance.start_worker(seconds_a_photo=0)
    # Minutes later: whatever was sent or begun is stale by now.
    instance.query(
        "UPDATE biometrics_referencephoto SET queued_at = datetime(queued_at, '-5 minutes'), "
        "started_at = datetime(started_at, '-5 minutes')"
    )
    instance.run(SWEEP)

    assert in_the_middle == [("waiting",)]
    instance.wait_for("SELECT count(*) = 4 FROM biometrics_referencephoto WHERE state = 'usable'")
    assert instance.query("SELECT photos_used FROM biometrics_reference") == [(4,)]
