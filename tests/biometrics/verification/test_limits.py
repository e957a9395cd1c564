"""What one account may hoard and try out: tickets, sockets, frames. A lock-out binds them all."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from channels.db import database_sync_to_async
from django.db import transaction
from django.test import Client
from django.utils import timezone

from biometrics.engine.session import Reason, Verdict
from biometrics.models import (
    FaceAllowance,
    FaceLockout,
    Purpose,
    SessionState,
    VerificationGrant,
    VerificationSession,
)
from biometrics.verification import allowance, consumers, lockout, sessions
from biometrics.verification.sessions import SessionRefusalCode, SessionRefused
from tests.biometrics.verification.sockets import (
    answers_to,
    close_code,
    frame,
    hello,
    next_answer,
    open_link,
    picture,
    socket,
    ticket_of,
)
from tests.support.at_once import at_once
from tests.support.people import ask_ticket, pass_password
from tests.support.pictures import ALICE, BOB

pytestmark = pytest.mark.usefixtures("short_face_step")
FAILED = Verdict(verified=False, reason=Reason.NO_MATCH)
VERIFIED = Verdict(verified=True)
PARALLEL = 12


def issue(user, now):
    return sessions.issue_ticket(user, Purpose.LOGIN, "", browser_hash="b", now=now)


def opened(ticket, now):
    return sessions.open_session(ticket, browser_hash="b", camera={}, now=now)


def finished(session, verdict, now):
    return sessions.finish(session, verdict, frames=10, models_used={}, now=now)


def fail(user, times, now):
    for _ in range(times):
        lockout.count_failure(user, now)


def refusal_of(act):
    with pytest.raises(SessionRefused) as caught:
        act()
    return caught.value.code


@pytest.fixture
def fail_often(voter, now, transactional_db):
    def fail_so_often(times):
        with transaction.atomic():
            fail(voter, times, now)

    return fail_so_often


def test_only_the_two_newest_tickets_open_anything(voter, now):
    tickets = [issue(voter, now + timedelta(seconds=n)) for n in range(12)]
    later = now + timedelta(seconds=12)

    codes = [refusal_of(lambda t=ticket: opened(t, later)) for ticket in tickets[:10]]
    first, second = (opened(ticket, later) for ticket in tickets[10:])

    assert set(codes) == {SessionRefusalCode.BAD_TICKET}
    assert first != second


def test_a_hoarded_ticket_does_not_outlive_the_lock_out(voter, now, fail_often):
    ticket = issue(voter, now)
    fail_often(5)

    assert refusal_of(lambda: opened(ticket, now)) is SessionRefusalCode.TOO_MANY_TRIES


def test_a_hoarded_ticket_does_not_outlive_the_block(voter, now, fail_often):
    ticket = issue(voter, now)
    fail_often(lockout.MAX_FAILURES)
    much_later = now + timedelta(seconds=30)
    FaceLockout.objects.update(wait_until=None)

    assert refusal_of(lambda: opened(ticket, much_later)) is SessionRefusalCode.BLOCKED


async def test_the_socket_of_a_hoarded_ticket_is_told_that_there_were_too_many_tries(
    voter, now, fail_often
):
    ticket, cookie = await ticket_of(Client())
    await database_sync_to_async(fail_often)(5)
    link = socket(cookie)
    await link.connect()

    await link.send_to(text_data=hello(ticket))

    assert await close_code(link) == 4429


@pytest.mark.parametrize("failures", [5, lockout.MAX_FAILURES])
def test_a_session_that_was_open_before_the_lock_out_verifies_nobody(
    voter, now, fail_often, failures
):
    session = opened(issue(voter, now), now)
    fail_often(failures)

    stored = finished(session, VERIFIED, now)

    assert not stored.verdict.verified
    assert stored.wait > 0
    assert not VerificationGrant.objects.exists()
    session.refresh_from_db()
    assert session.state == SessionState.REFUSED
    assert not session.counted


async def test_the_page_of_such_a_session_is_told_to_wait(voter, now, fail_often):
    link = await open_link(Client())
    await database_sync_to_async(fail_often)(5)

    answers = await answers_to(link, [picture(ALICE, mark=n) for n in range(1, 4)])

    assert answers[-1]["verified"] is False
    assert answers[-1]["retry_after"] > 0


def test_twelve_hoarded_failures_are_five(voter, now, monkeypatch):
    """Whoever fails as fast as tickets and sockets allow is held back after the fifth."""
    counted = 0
    for _ in range(PARALLEL):
        try:
            ticket = issue(voter, now)
            finished(opened(ticket, now), FAILED, now)
        except SessionRefused:
            continue
        counted += 1

    assert counted == FaceLockout.objects.get(user=voter).failures == 5


@pytest.mark.parametrize(("failures", "sockets"), [(0, 2), (3, 2), (4, 1)])
def test_as_many_sockets_at_once_as_cannot_fail_too_often(
    voter, now, fail_often, failures, sockets
):
    fail_often(failures)
    tickets = [issue(voter, now), issue(voter, now)]

    for ticket in tickets[:sockets]:
        opened(ticket, now)

    last = issue(voter, now)
    assert refusal_of(lambda: opened(last, now)) is SessionRefusalCode.TOO_MANY_SOCKETS


async def test_a_third_socket_of_a_voter_is_closed(voter):
    links = [await open_link(Client()) for _ in range(2)]
    ticket, cookie = await ticket_of(Client())
    third = socket(cookie)
    await third.connect()

    await third.send_to(text_data=hello(ticket))

    assert await close_code(third) == 4429
    for link in links:
        await link.disconnect()


def test_sockets_of_a_process_that_died_keep_nobody_waiting(voter, now):
    """kill -9, twice."""
    for _ in range(2):
        opened(issue(voter, now), now)
    soon = now + sessions.ALIVE

    assert opened(issue(voter, soon), soon).state == SessionState.OPEN


async def test_a_socket_says_that_it_is_open_for_as_long_as_it_is(voter, monkeypatch):
    monkeypatch.setattr(consumers, "SECONDS_BETWEEN_SIGNS", 0.0)
    link = await open_link(Client())
    before = await VerificationSession.objects.aget()

    await link.send_to(bytes_data=frame(1, picture(ALICE)))
    await next_answer(link)

    after = await VerificationSession.objects.aget()
    assert before.alive_until is not None
    assert after.alive_until is not None
    assert after.alive_until > before.alive_until
    await link.disconnect()


def test_tickets_are_limited_by_the_minute(voter, now):
    for _ in range(sessions.TICKETS_PER_MINUTE):
        issue(voter, now)

    assert refusal_of(lambda: issue(voter, now)) is SessionRefusalCode.TOO_MANY_TRIES
    assert issue(voter, now + timedelta(minutes=1))


async def test_who_has_compared_too_many_frames_today_compares_no_more(voter, settings):
    settings.FACE_FRAMES_PER_DAY = 30
    link = await open_link(Client())
    answers = []
    for sequence in range(1, 40):
        # Neither enough misses for a verdict, nor a row of matches.
        person = BOB if sequence % 2 else ALICE
        await link.send_to(bytes_data=frame(sequence, picture(person, mark=sequence % 20)))
        answers.append(await next_answer(link))
        if answers[-1]["type"] == "verdict":
            break
        await asyncio.sleep(0.09)
    await link.disconnect()

    assert [answer["type"] for answer in answers] == ["frame"] * 25 + ["verdict"]
    assert (await FaceAllowance.objects.aget()).frames == 25


def test_without_frames_there_is_no_ticket_until_the_next_day(voter, now, settings, client):
    settings.FACE_FRAMES_PER_DAY = 100
    FaceAllowance.objects.create(user=voter, began_at=now, frames=100)
    pass_password(client, "alice")

    answer = ask_ticket(client)

    assert answer.status_code == 429
    assert answer.json()["code"] == "too_many_tries"
    assert 0 < answer.json()["retry_after"] <= 24 * 3600 + 1
    assert issue(voter, now + allowance.DAY)


async def test_frames_that_were_not_compared_are_given_back(voter):
    link = await open_link(Client())
    await answers_to(link, [picture(ALICE, mark=n) for n in range(1, 4)])
    await link.disconnect()

    assert (await FaceAllowance.objects.aget()).frames == 3


def test_an_official_gives_new_frames_with_the_reset(voter, now):
    FaceAllowance.objects.create(user=voter, began_at=now, frames=100, left=3)

    assert lockout.reset_lockout(voter, actor=voter)
    assert not lockout.reset_lockout(voter, actor=voter)
    assert FaceAllowance.objects.get().frames == FaceAllowance.objects.get().left == 0


@pytest.mark.parametrize("host", [b"evil.example", b"", b"testserver.evil.example"])
async def test_a_socket_for_another_host_is_turned_away(voter, host):
    ticket, cookie = await ticket_of(Client())
    link = socket(cookie, b"http://" + host, host)
    await link.connect()

    await link.send_to(text_data=hello(ticket))

    assert await close_code(link) == 4403


@pytest.mark.race
def test_of_twelve_tickets_asked_for_at_once_two_are_live(voter):
    now = timezone.now()

    tickets = at_once(PARALLEL, lambda _: issue(voter, now))

    live = VerificationSession.objects.filter(ticket_expires_at__gt=now)
    assert len(set(tickets)) == PARALLEL
    assert live.count() == sessions.MAX_TICKETS


@pytest.mark.race
def test_of_twelve_sockets_opened_at_once_two_are_open(voter, monkeypatch):
    monkeypatch.setattr(sessions, "MAX_TICKETS", PARALLEL)
    now = timezone.now()
    tickets = [issue(voter, now) for _ in range(PARALLEL)]

    def knock(number):
        try:
            return opened(tickets[number], now)
        except SessionRefused:
            return None

    at_once(PARALLEL, knock)

    assert VerificationSession.objects.filter(state=SessionState.OPEN).count() == 2


@pytest.mark.race
def test_failures_at_the_same_moment_are_all_counted(voter, monkeypatch):
    monkeypatch.setattr(sessions, "MAX_TICKETS", PARALLEL)
    monkeypatch.setattr(sessions, "MAX_OPEN_PER_USER", PARALLEL)
    monkeypatch.setattr(lockout, "FREE_FAILURES", PARALLEL + 1)
    now = timezone.now()
    open_sessions = [opened(issue(voter, now), now) for _ in range(PARALLEL)]

    at_once(PARALLEL, lambda number: finished(open_sessions[number], FAILED, now))

    assert FaceLockout.objects.get(user=voter).failures == PARALLEL


@pytest.mark.race
def test_frames_taken_at_the_same_moment_are_no_more_than_there_are(voter, now, settings):
    settings.FACE_FRAMES_PER_DAY = 100
    FaceAllowance.objects.create(user=voter, began_at=now)

    taken = at_once(PARALLEL, lambda _: allowance.take_frames(voter, 25))

    assert taken.count(True) == 4
    assert FaceAllowance.objects.get().frames == 100
