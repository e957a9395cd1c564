"""What a process tells Prometheus: numbers of everything that happens, and nothing of anybody."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
import sys
import time

import httpx
import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from accounts.audit import Action, record
from facevote.metrics import measures
from facevote.metrics.watching import watch
from tests.support.people import PASSWORD, enrolled
from tests.support.places import BASE
from tests.support.ports import free_port
from tests.support.real_site import Site, running_site

NAME, ADDRESS = "alice-of-the-test", "203.0.113.9"
SIGN_GIVEN = ("facevote_tasks_total", "SUCCESS", "facevote.tasks.give_sign")
SET_UP = f"from tests.support.people import enrol, person\nenrol(person({NAME!r}))"


def value(name, **labels):
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.fixture
def watched():
    watch()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("watched", "unguarded_after")
def test_what_the_audit_log_takes_in_is_counted_once_it_is_stored():
    from django.db import transaction

    before = value("facevote_face_steps_total", verdict="refused", reason="no_match")
    with transaction.atomic():
        record(Action.FACE_REFUSED, actor=None, reason="no_match")
        record(Action.BALLOT_CAST, actor=None)
        assert value("facevote_face_steps_total", verdict="refused", reason="no_match") == before

    assert value("facevote_face_steps_total", verdict="refused", reason="no_match") == before + 1
    with transaction.atomic():
        record(Action.FACE_REFUSED, actor=None, reason="no_match")
        transaction.set_rollback(True)
    assert value("facevote_face_steps_total", verdict="refused", reason="no_match") == before + 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("watched", "unguarded_after")
def test_lock_outs_of_both_steps_are_counted(now):
    from django.db import transaction

    from biometrics.verification import lockout

    before = value("facevote_lock_outs_total", step="face")
    user = enrolled("alice")
    with transaction.atomic():
        for _ in range(lockout.FREE_FAILURES):
            lockout.count_failure(user, now)

    assert value("facevote_lock_outs_total", step="face") >= before + 1


def test_no_measure_has_a_label_that_could_name_somebody():
    known = {"verdict", "reason", "status", "action", "step", "task", "state", "where"}

    for measure in vars(measures).values():
        assert set(getattr(measure, "_labelnames", ())) <= known


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with running_site(
        tmp_path_factory.mktemp("site"),
        ENGINE="tests.support.scripted_engine.ScriptedEngine",
        METRICS_ADDRESS=f"127.0.0.1:{free_port()}",
    ) as site:
        site.shell(SET_UP)
        yield site


def address_of(site):
    return site.environment["METRICS_ADDRESS"]


def scrape(site):
    return httpx.get(f"http://{address_of(site)}/metrics", timeout=60).text


def samples(site):
    families = text_string_to_metric_families(scrape(site))
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


def test_a_real_server_tells_its_numbers_and_nothing_of_anybody(site):
    with httpx.Client(base_url=site.url, timeout=60) as browser:
        browser.get("/sign-in/")
        form = {
            "username": NAME,
            "password": PASSWORD,
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
        }
        assert browser.post("/sign-in/", data=form).status_code == 302
        browser.get("/sign-in/", headers={"X-Forwarded-For": ADDRESS, "Authorization": "Token x"})

    found = samples(site)

    assert found[("facevote_responses_total", "200")] >= 1
    assert found[("facevote_responses_total", "302")] >= 1
    assert found[("facevote_event_loop_lag_seconds_count",)] >= 1
    assert found[("facevote_check", "database")] == 1
    assert found[("facevote_face_steps_open",)] == 0
    assert found[("facevote_waiting_tasks",)] == 0
    text = scrape(site)
    for secret in (NAME, ADDRESS, "127.0.0.1", PASSWORD):
        assert secret not in text


@pytest.fixture
def worker(site, tmp_path):
    """A real worker of the site, with a port of its own."""
    environment = {
        **site.environment,
        "METRICS_ADDRESS": f"127.0.0.1:{free_port()}",
        "CELERY_TASK_ALWAYS_EAGER": "off",
    }
    command = [sys.executable, "-m", "celery", "--quiet", "--app", "facevote", "worker"]
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--concurrency", "1"], cwd=BASE, env=environment, stdout=log, stderr=log
        )
    yield Site(site.url, environment)
    process.terminate()
    process.wait(120)


def test_a_worker_tells_of_the_tasks_that_it_has_ended(worker):
    worker.shell("from facevote.tasks import give_sign\ngive_sign.delay()")
    until = time.monotonic() + 120
    found: dict[tuple[str, ...], float] = {}
    while time.monotonic() < until and not found.get(SIGN_GIVEN):
        time.sleep(0.5)
        with contextlib.suppress(httpx.TransportError):
            found = samples(worker)

    assert found[SIGN_GIVEN] == 1
    assert found[("facevote_worker_silence_seconds",)] < 120


def test_the_metrics_are_not_on_the_sites_own_port(site):
    assert httpx.get(f"{site.url}/metrics", timeout=60).status_code == 404


def test_a_port_that_is_taken_does_not_stop_the_site(site, tmp_path):
    with running_site(tmp_path, METRICS_ADDRESS=address_of(site)) as other:
        assert httpx.get(f"{other.url}/-/live", timeout=60).status_code == 200

    assert "METRICS_ADDRESS cannot be used" in (tmp_path / "server.log").read_text()


BOARD = BASE / "deploy" / "grafana" / "facevote.json"
ALERTS = BASE / "deploy" / "prometheus" / "alerts.yml"


def named_in(text):
    return set(re.findall(r"\bfacevote_[a-z_]+[a-z]\b", text))


def told(site):
    """Every name that a scrape has, or can have once something has happened."""
    names = {family.name for family in measures_of_this_process()}
    return names | {name for name, *_labels in samples(site)}


def measures_of_this_process():
    return [family for family in REGISTRY.collect() if family.name.startswith("facevote_")]


def bare(name):
    return re.sub(r"_(total|bucket|count|sum)$", "", name)


@pytest.mark.parametrize("file", [BOARD, ALERTS], ids=lambda path: path.name)
def test_the_board_and_the_alerts_ask_for_numbers_that_there_are(site, file):
    there = {bare(name) for name in told(site)} | {
        "facevote_worker_silence_seconds",  # once a worker has given a sign
    }

    assert {bare(name) for name in named_in(file.read_text(encoding="utf-8"))} <= there


def test_every_number_is_on_the_board():
    shown = {bare(name) for name in named_in(BOARD.read_text(encoding="utf-8"))}

    assert {family.name for family in measures_of_this_process()} <= shown


def test_the_board_is_one_that_grafana_imports():
    board = json.loads(BOARD.read_text(encoding="utf-8"))

    assert {"title", "panels", "templating", "schemaVersion"} <= set(board)
    numbers = [panel["id"] for panel in board["panels"]]
    assert len(numbers) == len(set(numbers))
    for panel in board["panels"]:
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
        assert all(target["expr"] for target in panel["targets"])


def test_prometheus_takes_the_alerts():
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("needs promtool, of the package prometheus")
    for kind, name in (("rules", "alerts.yml"), ("config", "prometheus.yml")):
        subprocess.run([promtool, "check", kind, str(ALERTS.with_name(name))], check=True)
