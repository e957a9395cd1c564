"""Who does not come by the page, with the right ticket, at the right time, gets no frame judged."""

from __future__ import annotations

import tempfile

import pytest
from channels.db import database_sync_to_async
from django.db import connection
from django.test import Client
from django.utils import timezone

from biometrics.consent.agreement import withdraw_consent
from biometrics.models import FaceLockout, VerificationSession
from biometrics.verification import consumers, lockout, sessions
from biometrics.verification.admission import Door
from biometrics.verification.consumers import TIMED_OUT
from biometrics.verification.origin import is_own_origin
from tests.biometrics.verification.sockets import (
    close_code,
    count_grants,
    frame,
    hello,
    next_answer,
    open_link,
    picture,
    socket,
    ticket_of,
)
from tests.support.people import ask_ticket, pass_password
from tests.support.pictures import ALICE
from tests.support.scripted_engine import ScriptedEngine

pytestmark = pytest.mark.usefixtures("short_face_step")


@pytest.fixture
def decoded(monkeypatch):
    """Every frame that reached the engine."""
    frames = []

    def process(_self, jpeg, *_args, **_kwargs):
        frames.append(jpeg)
        raise AssertionError("a frame was decoded")

    monkeypatch.setattr(ScriptedEngine, "process", process)
    return frames


@database_sync_to_async
def expire(_ticket):
    VerificationSession.objects.update(ticket_expires_at=timezone.now())


async def knock(cookie, ticket, origin=b"http://testserver"):
    link = socket(cookie, origin)
    await link.connect()
    await link.send_to(text_data=hello(ticket))
    for sequence in range(1, 4):
        await link.send_to(bytes_data=frame(sequence, picture(ALICE, mark=sequence)))
    code = await close_code(link)
    await link.disconnect()
    return code


@pytest.mark.parametrize(
    "case", ["no cookie", "another's cookie", "no ticket", "made up", "old", "used"]
)
async def test_without_a_ticket_of_this_browser_no_frame_is_decoded(voter, decoded, case):
    ticket, cookie = await ticket_of(Client())
    _, foreign = await ticket_of(Client())
    if case == "used":
        await opened_with(cookie, ticket)
    if case == "old":
        await expire(ticket)
    cookies = {"no cookie": "", "another's cookie": foreign}
    tickets = {"no ticket": "", "made up": "A" * 43}

    code = await knock(cookies.get(case, cookie), tickets.get(case, ticket))

    assert code in {4400, 4401}
    assert not decoded
    assert await count_grants() == 0


async def opened_with(cookie, ticket):
    link = socket(cookie)
    await link.connect()
    await link.send_to(text_data=hello(ticket))
    await next_answer(link)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        b"null",
        b"",
        b"http://evil.example",
        b"https://testserver",
        b"http://testserver.evil.example",
        b"http://testserver:8001",
        b"http://evil@testserver",
        b"\xff\xfe",
    ],
)
async def test_from_no_other_page_is_a_frame_decoded(voter, decoded, origin):
    ticket, cookie = await ticket_of(Client())

    assert await knock(cookie, ticket, origin) == 4403
    assert not decoded


async def test_hosts_of_a_whole_domain_may_be_allowed(voter, settings):
    settings.ALLOWED_HOSTS = ["testserver", ".vote.example"]
    scope = {"headers": [(b"host", b"a.vote.example"), (b"origin", b"http://a.vote.example")]}

    assert is_own_origin(scope)


async def test_consent_taken_back_before_the_camera_starts_verifies_nobody(voter):
    ticket, cookie = await ticket_of(Client())
    await database_sync_to_async(withdraw_consent)(voter, timezone.now())
    link = socket(cookie)
    await link.connect()

    await link.send_to(text_data=hello(ticket))

    verdict = await next_answer(link)
    assert (verdict["type"], verdict["verified"]) == ("verdict", False)
    assert await count_grants() == 0


async def test_who_found_the_house_full_is_let_in_when_there_is_room(voter, monkeypatch):
    """Each try spends a ticket; those that found no room must not count as open sockets."""
    client = Client()
    full = Door(1)
    while full.enter():
        pass
    monkeypatch.setattr(consumers, "door", lambda: full)
    for _ in range(4):
        ticket, cookie = await ticket_of(client)
        assert await knock(cookie, ticket) == 4503
    full.line.clear()

    await open_link(client)


async def test_who_waits_in_line_is_told_the_place(voter, monkeypatch):
    busy = Door(1)
    somebody = busy.enter()
    assert somebody is not None
    monkeypatch.setattr(consumers, "door", lambda: busy)
    ticket, cookie = await ticket_of(Client())
    link = socket(cookie)
    await link.connect()

    await link.send_to(text_data=hello(ticket))

    assert await next_answer(link) == {"type": "place", "place": 1}
    busy.line.remove(somebody)
    assert (await next_answer(link))["type"] == "ready"


def test_a_blocked_account_is_told_that_waiting_does_not_help(voter):
    FaceLockout.objects.create(user=voter, failures=lockout.MAX_FAILURES, blocked=True)
    browser = Client()
    pass_password(browser, "alice")

    answer = ask_ticket(browser)

    assert (answer.status_code, answer.json()["code"]) == (403, "blocked")


@pytest.mark.parametrize("place", ["reference_for", "policies.policy_for", "runner.run"])
async def test_a_fault_on_the_way_in_verifies_nobody(voter, place, monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError("out of order")

    ticket, cookie = await ticket_of(Client())
    monkeypatch.setattr(f"biometrics.verification.consumers.{place}", fail)
    link = socket(cookie)
    await link.connect()
    await link.send_to(text_data=hello(ticket))

    # The socket ends there: daphne closes it, and the page tries again with a new ticket.
    with pytest.raises(RuntimeError, match="out of order"):
        await next_answer(link)
    assert await count_grants() == 0


@pytest.mark.slow
async def test_after_a_hundred_verifications_no_picture_stays(
    voter, tmp_path, monkeypatch, settings, caplog
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(consumers, "MAX_FRAMES_PER_SECOND", 1000)
    monkeypatch.setattr(sessions, "TICKETS_PER_MINUTE", 1000)
    client = Client()
    for _ in range(100):
        link = await open_link(client)
        for sequence in range(1, 4):
            await link.send_to(bytes_data=frame(sequence, picture(ALICE, mark=sequence)))
            await next_answer(link)
        assert (await next_answer(link))["verified"]
        await link.disconnect()

    stored = await database_sync_to_async(everything_stored)()
    assert await count_grants() == 100
    assert not list(tmp_path.iterdir())
    for text in (stored, caplog.text):
        # The shorter beginnings of a JPEG also come by chance, in sealed bytes and in hashes.
        marks = ("/9j/4AAQ", "ffd8ffe0", "\\xff\\xd8\\xff\\xe0", "JFIF")
        assert not any(mark in text for mark in marks)


def everything_stored():
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            rows += [[bytes(v) if isinstance(v, memoryview) else v for v in r] for r in cursor]
    return repr(rows)


@pytest.mark.slow
def test_ten_thousand_replays_of_spent_tickets_open_nothing(voter):
    from biometrics.models import Purpose

    now = timezone.now()
    tickets = []
    for _ in range(10):
        ticket = sessions.issue_ticket(voter, Purpose.LOGIN, "", browser_hash="b", now=now)
        session = sessions.open_session(ticket, browser_hash="b", camera={}, now=now)
        sessions.leave(session, TIMED_OUT, was_asked=False, frames=0, models_used={}, now=now)
        tickets.append(ticket)

    accepted = 0
    for number in range(10_000):
        try:
            sessions.open_session(tickets[number % 10], browser_hash="b", camera={}, now=now)
        except sessions.SessionRefused:
            continue
        accepted += 1

    assert accepted == 0
