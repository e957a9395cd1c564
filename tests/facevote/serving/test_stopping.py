"""SIGTERM on a real server: what voters have begun is finished, and nothing new begins here."""

from __future__ import annotations

import json
import signal
import threading
import time
from contextlib import contextmanager

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from biometrics.engine.frame_message import VERSION, FrameMessage
from facevote.serving.stopping import NOTICE_SECONDS
from tests.support.people import PASSWORD
from tests.support.pictures import ALICE, NOBODY, jpeg
from tests.support.real_site import running_site

PACE = 0.1
SET_UP = f"""
from tests.support.people import enrol, person
from accounts.models import User
enrol(person('alice'))
assert User.objects.get(username='alice').check_password({PASSWORD!r})
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    with running_site(
        tmp_path_factory.mktemp("site"),
        ENGINE="tests.support.scripted_engine.ScriptedEngine",
        CHALLENGE_LOGIN="passive",
        FRAMES_NEEDED="5",
        STOP_SECONDS="30",
    ) as site:
        site.shell(SET_UP)
        yield site


@pytest.fixture
def site(prepared, tmp_path):
    """Its server was not asked to end yet."""
    if not prepared._server:
        prepared.start(tmp_path / "server.log")
    return prepared


@pytest.fixture
def hurried(site, tmp_path, monkeypatch):
    """A site that waits for two seconds only."""
    site.kill()
    monkeypatch.setitem(site.environment, "STOP_SECONDS", "2")
    site.start(tmp_path / "server.log")
    return site


@pytest.fixture
def alice(site):
    """A browser in which the password was right."""
    with httpx.Client(base_url=site.url, timeout=60) as browser:
        browser.get("/sign-in/")
        form = {"username": "alice", "password": PASSWORD, "csrfmiddlewaretoken": token(browser)}
        assert browser.post("/sign-in/", data=form).status_code == 302
        yield browser


def token(browser):
    return browser.cookies["csrftoken"]


def ask_ticket(browser):
    return browser.post(
        "/verify/ticket/", json={"purpose": "login"}, headers={"X-CSRFToken": token(browser)}
    )


@contextmanager
def socket(site, browser):
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    with connect(
        site.url.replace("http", "ws") + "/ws/verify/",
        origin=site.url,
        additional_headers={"Cookie": cookies},
        open_timeout=60,
    ) as link:
        yield link


def say_hello(link, ticket):
    link.send(json.dumps({"type": "hello", "version": VERSION, "ticket": ticket}))


@pytest.fixture
def link(site, alice):
    """An open face step that may send frames."""
    ticket = ask_ticket(alice).json()["ticket"]
    with socket(site, alice) as link:
        say_hello(link, ticket)
        while json.loads(link.recv(60))["type"] != "ready":
            pass
        yield link


def close_code(link):
    """Why the server closes the socket; it sends nothing before."""
    with pytest.raises(ConnectionClosed):
        link.recv(60)
    return link.close_code


def show_face(link, *, after):
    """Frames until the verdict; the first `after` of them show nobody."""
    for number in range(1, 200):
        time.sleep(PACE)
        picture = jpeg(ALICE if number > after else NOBODY, mark=number)
        link.send(FrameMessage(0, number, number * 100, picture).to_bytes())
        answer = json.loads(link.recv(60))
        while answer["type"] == "frame" and answer["progress"] == 1.0:
            answer = json.loads(link.recv(60))
        if answer["type"] == "verdict":
            return answer
    raise AssertionError("no verdict")


def ask_to_end(site):
    """SIGTERM; returns when the server has noticed."""
    site._server[-1].send_signal(signal.SIGTERM)
    while httpx.get(f"{site.url}/-/ready", timeout=60).status_code != 503:
        time.sleep(0.05)


def wait_for_end(site):
    return site._server.pop().wait(60)


def test_a_face_step_that_has_begun_is_finished_and_no_new_one_begins(site, alice, link):

    ask_to_end(site)

    refused = ask_ticket(alice)
    assert (refused.status_code, refused.json()) == (503, {"code": "stopping"})
    assert refused.headers["Retry-After"] == "5"
    with socket(site, alice) as late:
        assert close_code(late) == 4503
    # The voter who had begun is let in by this process, also when it has no other reason to wait.
    later = round((NOTICE_SECONDS + 1) / PACE)
    assert show_face(link, after=later)["verified"] is True
    answer = alice.post("/sign-in/face/complete/", data={"csrfmiddlewaretoken": token(alice)})
    assert answer.headers["Location"] == "/elections/"
    assert wait_for_end(site) == 0


def test_a_face_step_that_does_not_end_in_time_is_sent_elsewhere_and_is_no_failure(hurried, link):
    ask_to_end(hurried)

    assert close_code(link) == 4503
    assert wait_for_end(hurried) == 0
    counted = "from biometrics.models import *\nprint(FaceLockout.objects.count())"
    assert hurried.shell(counted).strip() == "0"


def test_a_request_that_has_begun_is_answered_and_its_connection_is_not_kept(site):
    """Its body is on its way when the server is asked to end, and arrives later."""
    answers = []
    gate = threading.Event()

    def body():
        yield b"username=al"
        gate.wait(60)
        yield b"ice"

    def send():
        answers.append(httpx.post(f"{site.url}/sign-in/", content=body(), timeout=60))

    sender = threading.Thread(target=send)
    sender.start()
    ask_to_end(site)
    gate.set()
    sender.join(60)

    (answer,) = answers
    assert answer.status_code == 403  # no CSRF token: the page itself answered
    assert answer.headers["Connection"] == "close"
    assert wait_for_end(site) == 0


def test_a_second_signal_ends_it_at_once(site, link):
    ask_to_end(site)

    begun = time.monotonic()
    site._server[-1].send_signal(signal.SIGTERM)

    assert wait_for_end(site) == 0
    # Far from the 30 seconds for which it would have waited.
    assert time.monotonic() - begun < 25
