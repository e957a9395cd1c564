"""While the database is away the site says so within seconds, and is back as soon as it is."""

from __future__ import annotations

import socket
import time
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError, connection

from benchmarks.harness.passage import passage
from benchmarks.harness.throwaway import POSTGRESQL, new_database, postgresql_answers
from facevote.database_away import is_away
from tests.support.real_site import lay_out_libraries, running_site

# benchmarks/durability/database_away.py measures how soon. This is far less than a hanging request
# takes, and no page waits so long.
PATIENCE = 15.0
WORDS = "<h1>We are not ready for you</h1>"


@pytest.fixture(scope="module")
def way():
    if not postgresql_answers():
        pytest.skip("needs PostgreSQL at TEST_DATABASE_URL")
    parts = urlsplit(POSTGRESQL)
    with passage(parts.hostname or "127.0.0.1", parts.port or 5432) as way:
        yield way


@pytest.fixture(scope="module", params=["on", "off"])
def site(tmp_path_factory, way, request):
    """With and without DEBUG, whose error pages are others."""
    settings = {
        "ENGINE": "tests.support.scripted_engine.ScriptedEngine",
        "DEBUG": request.param,
        "SECRET_KEY": "s" * 60,
        "TEMPLATE_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "HTTPS": "off",
        "ALLOWED_HOSTS": "localhost",
    }
    with new_database() as url:
        user = urlsplit(url).netloc.rpartition("@")[0]
        through = urlunsplit(urlsplit(url)._replace(netloc=f"{user}@127.0.0.1:{way.port}"))
        data = tmp_path_factory.mktemp("site")
        lay_out_libraries(data)
        with running_site(data, DATABASE_URL=through, **settings) as site:
            if request.param == "off":
                site.manage("collectstatic", "--noinput", "--verbosity", "0")
                site.stop()
                site.start(data / "server.log")
            yield site


def ask(site, path="/", **headers):
    return httpx.get(f"{site.url}{path}", headers=headers, timeout=PATIENCE)


@pytest.fixture
def away(site, way):
    """The database goes away after the site has used it, and comes back at the end."""
    for _ in range(5):
        assert ask(site).status_code == 200
    way.close()
    yield
    way.open()
    way.silent = False
    wait_until_back(site)


def wait_until_back(site):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if ask(site).status_code == 200:
            return
    raise AssertionError("the site is not back")


def test_the_server_is_live_and_not_ready(site, away):
    answer = ask(site, "/-/ready")

    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "failed"
    assert ask(site, "/-/live").status_code == 200


@pytest.mark.parametrize("path", ["/", "/account/", "/api/elections/"])
def test_every_page_says_that_the_database_is_away(site, away, path):
    cookies = "facevote=a-session-that-must-be-looked-up"
    for _ in range(2):
        answer = ask(site, path, Cookie=cookies, Accept="text/html")

        assert answer.status_code == 503
        assert WORDS in answer.text
        assert answer.headers["retry-after"]
        assert answer.headers["content-security-policy"]
        assert "Traceback" not in answer.text


def test_programs_are_told_in_json(site, away):
    answer = ask(site, Accept="application/json")

    assert answer.status_code == 503
    assert answer.json() == {"code": "unavailable"}


def test_a_database_that_never_answers_is_told_too(site, away, way):
    way.silent = True
    way.open()

    answer = ask(site)
    way.close()

    assert answer.status_code == 503


def test_after_a_long_absence_the_site_is_back(site, way):
    way.close()
    for _ in range(4):
        ask(site)
        time.sleep(1)
    way.open()

    wait_until_back(site)

    assert [ask(site).status_code for _ in range(10)] == [200] * 10


def test_a_restart_of_the_database_is_told_once_at_most(site, way):
    """The connections that were kept are all cut off; only one request meets one of them."""
    way.close()
    way.open()

    answers = [ask(site).status_code for _ in range(12)]

    assert answers.count(503) <= 1
    assert set(answers) <= {200, 503}


@pytest.mark.django_db
def test_a_fault_of_the_code_is_no_absence_of_the_database():
    with pytest.raises((OperationalError, ProgrammingError)) as caught:
        connection.cursor().execute("SELECT nothing FROM no_such_table")

    assert not is_away(caught.value)
    assert is_away(InterfaceError("the connection is closed"))


def test_a_port_that_nobody_listens_on_is_free():
    """The passage is really closed: otherwise these tests would test nothing."""
    with passage("127.0.0.1", 1) as way:
        way.close()
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", way.port), 1)
