"""`/-/live` and `/-/ready`: what they answer, to whom, and at what price."""

from __future__ import annotations

import json
import shutil
import time
from collections import namedtuple
from datetime import timedelta

import pytest
from celery import current_app
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone
from health_check.exceptions import ServiceUnavailable, ServiceWarning

from facevote.health import checks, probes, readiness
from facevote.health.readiness import Finding, Readiness, Report, Standing
from facevote.models import WorkerSign
from facevote.serving.work import work
from facevote.tasks import give_sign
from tests.support.ports import free_port

Usage = namedtuple("Usage", ["total", "used", "free"])
WELL = Report((Finding("database", Standing.OK), Finding("worker", Standing.WARNING, "w", "r")))
ILL = Report((Finding("database", Standing.FAILED, "the password is wrong", "look there"),))


@pytest.fixture
def found(monkeypatch):
    """Sets what the checks find, and counts how often they run."""

    def set_report(report):
        runs = []

        def examine():
            runs.append(report)
            return report

        monkeypatch.setattr(readiness, "examine", examine)
        monkeypatch.setattr(probes, "readiness", Readiness())
        return runs

    return set_report


@pytest.fixture
def probe(settings):
    """As a proxy asks: over plain HTTP, by an address that is no name of the site."""
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["vote.example.org"]
    return Client(SERVER_NAME="10.0.0.7")


def test_a_server_that_takes_requests_is_live_whatever_else_is_wrong(probe, found):
    found(ILL)

    answer = probe.get("/-/live")

    assert (answer.status_code, answer.content) == (200, b"live\n")
    assert answer["Cache-Control"] == "no-store"


def test_a_warning_keeps_the_server_in_rotation(probe, found):
    found(WELL)

    answer = probe.get("/-/ready")

    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "checks": {"database": "ok", "worker": "warning"}}


def test_a_failed_check_takes_it_out_and_tells_the_public_no_more_than_its_name(probe, found):
    found(ILL)

    answer = probe.get("/-/ready")

    assert answer.status_code == 503
    assert json.loads(answer.content) == {"ready": False, "checks": {"database": "failed"}}
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_asking_often_does_not_run_the_checks_often(probe, found):
    runs = found(WELL)

    for _ in range(20):
        assert probe.get("/-/ready").status_code == 200

    assert len(runs) <= 2  # a slow machine may pass into the next second


def test_a_server_that_was_asked_to_end_is_live_and_not_ready(probe, found, monkeypatch):
    found(WELL)
    monkeypatch.setattr(work, "is_ending", True)

    assert probe.get("/-/ready").status_code == 503
    assert probe.get("/-/live").status_code == 200


@pytest.mark.parametrize("path", ["/-/live", "/-/ready"])
def test_nothing_can_be_posted(probe, found, path):
    found(WELL)

    assert probe.post(path).status_code == 405


@pytest.mark.parametrize("path", ["/-/", "/-/other", "/-/ready/more"])
def test_other_addresses_are_not_the_probes(client, db, path):
    assert client.get(path).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_site_in_order_is_ready(settings):
    WorkerSign.objects.create(host="here", at=timezone.now())

    report = readiness.examine()

    assert report.is_ready, report
    assert {finding.title for finding in report.findings} >= {
        *("database", "migrations", "cache", "broker", "disk", "models", "worker", "clock")
    }


@pytest.mark.parametrize(
    ("free", "raised"),
    [(10 * 1024, None), (500, ServiceWarning), (10, ServiceUnavailable)],
)
def test_a_full_disk(monkeypatch, free, raised):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(0, 0, free * checks.MIB))

    if raised is None:
        checks.Disk().run()
    else:
        with pytest.raises(raised, match="MiB are free"):
            checks.Disk().run()


def test_a_network_that_is_not_the_one_on_its_card(settings, tmp_path):
    shutil.copytree(settings.MODELS_DIR, tmp_path / "models")
    settings.MODELS_DIR = tmp_path / "models"
    checks.Models().run()

    network = settings.MODELS_DIR / "liveness.tflite"
    network.write_bytes(network.read_bytes() + b"x")

    with pytest.raises(ServiceUnavailable, match=network.stem):
        checks.Models().run()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ages", "words"),
    [
        ([], "no worker has given a sign yet"),
        ([300], "for 300 s"),
        ([300, 10], None),
    ],
)
def test_a_worker_that_does_not_come_to_its_tasks(settings, monkeypatch, ages, words):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    monkeypatch.setattr(connection, "close", lambda: None)
    now = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    for number, age in enumerate(ages):
        WorkerSign.objects.create(host=f"host{number}", at=now - timedelta(seconds=age))

    if words is None:
        checks.Worker().run()
    else:
        with pytest.raises(ServiceWarning, match=words):
            checks.Worker().run()


@pytest.mark.django_db
def test_the_worker_gives_its_sign_and_forgets_hosts_that_are_gone():
    WorkerSign.objects.create(host="gone", at=timezone.now() - timedelta(days=2))

    give_sign()
    give_sign()

    (sign,) = WorkerSign.objects.all()
    assert timezone.now() - sign.at < timedelta(minutes=5)


@pytest.mark.parametrize(
    ("ahead", "raised"), [(0.0, None), (10.0, ServiceWarning), (-3600.0, ServiceUnavailable)]
)
@pytest.mark.django_db
def test_a_clock_that_is_not_the_databases(monkeypatch, ahead, raised):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's clock is this host's")
    here = time.time
    monkeypatch.setattr("time.time", lambda: here() + ahead)

    if raised is None:
        checks.Clock().run()
    else:
        with pytest.raises(raised, match="clock differs"):
            checks.Clock().run()


def test_a_broker_that_is_away_is_a_warning(monkeypatch):
    def away(*_args, **_options):
        raise OSError

    monkeypatch.setattr(current_app, "connection_for_write", away)

    with pytest.raises(ServiceWarning, match="does not answer"):
        checks.Broker().run()


async def test_a_cache_that_is_away_is_a_warning(settings):
    backend = "django.core.cache.backends.redis.RedisCache"
    location = f"redis://127.0.0.1:{free_port()}/0"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": location}}

    with pytest.raises(ServiceWarning, match="does not answer"):
        await checks.Cache().run()


def test_waiting_migrations_keep_it_out_of_rotation(monkeypatch):
    class Waiting:
        loader = type("Loader", (), {"graph": type("Graph", (), {"leaf_nodes": list})})

        def __init__(self, _connection):
            """Every database is a version behind."""

        def migration_plan(self, _targets):
            return ["one"]

    monkeypatch.setattr(checks.Migrations, "_complete", False)
    monkeypatch.setattr(checks, "MigrationExecutor", Waiting)

    with pytest.raises(ServiceUnavailable, match="1 migrations wait"):
        checks.Migrations().run()


def test_a_database_that_is_away_is_no_unexpected_failure(monkeypatch):
    def away(_connection):
        raise DatabaseError

    monkeypatch.setattr(checks.Migrations, "_complete", False)
    monkeypatch.setattr(checks, "MigrationExecutor", away)

    with pytest.raises(ServiceUnavailable):
        checks.Migrations().run()
