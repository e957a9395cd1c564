"""Every way out of a face step counts alike, and no fault of a device or a line counts at all."""

from __future__ import annotations

import asyncio
import time

import pytest
from channels.db import database_sync_to_async
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent
from biometrics.engine.pad.stream import MAX_REPEATED_FRAMES
from biometrics.engine.session import Reason, Verdict
from biometrics.models import FaceAllowance, FaceLockout
from biometrics.verification import allowance, consumers, sessions
from biometrics.verification.admission import door
from biometrics.verification.browser_binding import hash_of
from biometrics.verification.consumers import TIMED_OUT
from tests.biometrics.verification.sockets import (
    close_code,
    frame,
    next_answer,
    open_link,
    picture,
    stored,
)
from tests.support.people import ask_ticket, pass_password
from tests.support.pictures import ALICE, BOB, NOBODY
from tests.support.scripted_engine import ScriptedEngine

pytestmark = pytest.mark.usefixtures("short_face_step", "quick_frames")
# With ten frames for a verification, six are compared in silence.
SILENT = 6


@pytest.fixture(autouse=True)
def ten_frames(settings, short_face_step):
    settings.FRAMES_NEEDED = 10


async def show(link, people):
    """Send a frame of each person, one after the other; every answer."""
    answers = []
    for sequence, person in enumerate(people, start=1):
        screen = person == "screen"
        jpeg = picture(ALICE if screen else person, mark=sequence % 20, screen=screen)
        await link.send_to(bytes_data=frame(sequence, jpeg))
        answers.append(await next_answer(link))
        await asyncio.sleep(0.01)
    return answers


async def disconnect(link, _frames):
    await link.disconnect()


async def say_goodbye(link, _frames):
    await link.send_to(text_data='{"type": "bye"}')
    assert await close_code(link) == 1000
    await link.disconnect()


async def break_the_order(link, frames):
    await link.send_to(bytes_data=frame(frames + 2, picture(ALICE)))
    assert await close_code(link) == 4409
    await link.disconnect()


async def send_no_picture(link, frames):
    await link.send_to(bytes_data=frame(frames + 1, picture(ALICE)[:200]))
    assert await close_code(link) == 4400
    await link.disconnect()


async def fall_silent(link, _frames):
    assert await close_code(link) == 4410
    await link.disconnect()


async def send_one_picture_again(link, frames):
    """A camera that hangs is no failure; nor is it a way out for whoever was not matched."""
    same = picture(NOBODY)
    for sequence in range(frames + 1, frames + 1 + 2 * MAX_REPEATED_FRAMES):
        await link.send_to(bytes_data=frame(sequence, same))
        if (await next_answer(link))["type"] != "frame":
            break
        await asyncio.sleep(0.01)
    await link.disconnect()


WAYS = [disconnect, say_goodbye, break_the_order, send_no_picture, fall_silent]


@database_sync_to_async
def failures():
    return sum(FaceLockout.objects.values_list("failures", flat=True))


@database_sync_to_async
def recorded():
    return AuditEvent.objects.filter(action="face_refused").count()


@pytest.fixture
def soon_idle(monkeypatch):
    monkeypatch.setattr(consumers, "IDLE_SECONDS", 0.5)


@pytest.mark.parametrize("way", [*WAYS, send_one_picture_again])
@pytest.mark.parametrize(("person", "reason"), [(BOB, "no_match"), ("screen", "not_live")])
async def test_a_stranger_who_goes_has_failed(voter, soon_idle, way, person, reason):
    link = await open_link(Client())
    await show(link, [person] * (SILENT + 1))

    await way(link, SILENT + 1)

    assert (await stored()).reason == reason
    assert (await stored()).counted
    assert await failures() == 1
    assert await recorded() == 1


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "people",
    [[], [NOBODY] * 12, [ALICE] * 9, [BOB] * SILENT, [NOBODY, BOB, NOBODY], [BOB, *[ALICE] * 8]],
    ids=["no frame", "black", "the voter", "too few", "hardly anything", "the voter at last"],
)
async def test_a_fault_of_a_device_or_a_line_is_no_failure(voter, soon_idle, way, people):
    link = await open_link(Client())
    await show(link, people)

    await way(link, len(people))

    assert (await stored()).state == "ended"
    assert not (await stored()).counted
    assert await failures() == 0
    assert await recorded() == 0


async def test_a_camera_that_hangs_is_no_failure(voter):
    link = await open_link(Client())
    await show(link, [ALICE] * 9)

    await send_one_picture_again(link, 9)

    assert (await stored()).reason == "camera"
    assert not (await stored()).counted
    assert await failures() == 0


async def test_as_long_as_nothing_counts_a_stranger_is_answered_like_the_voter(voter):
    told = []
    for person in (ALICE, BOB):
        link = await open_link(Client())
        told.append(await show(link, [person] * SILENT))
        await link.disconnect()

    assert told[0] == told[1]


async def test_a_fault_of_the_engine_wipes_out_no_strangers_frames(voter, monkeypatch):
    link = await open_link(Client())
    await show(link, [BOB] * (SILENT + 1))

    def fail(*_args, **_kwargs):
        raise RuntimeError("the engine broke")

    monkeypatch.setattr(ScriptedEngine, "process", fail)
    answers = []
    for sequence in range(SILENT + 2, SILENT + 5):
        await link.send_to(bytes_data=frame(sequence, picture(BOB, mark=sequence)))
        answers.append(await next_answer(link))

    assert answers[-1]["reason"] == "no_match"
    assert await failures() == 1
    await link.disconnect()


async def test_a_slow_engine_is_no_silence_of_the_page(voter, soon_idle, monkeypatch):
    judge = ScriptedEngine.process

    def slowly(self, *args, **kwargs):
        time.sleep(1.2)
        return judge(self, *args, **kwargs)

    monkeypatch.setattr(ScriptedEngine, "process", slowly)
    link = await open_link(Client())

    answers = await show(link, [ALICE] * 2)

    assert [answer["type"] for answer in answers] == ["frame", "frame"]
    await link.disconnect()


async def test_a_password_alone_holds_no_place_before_the_camera(voter, soon_idle):
    link = await open_link(Client())
    assert len(door().line) == 1

    assert await close_code(link) == 4410
    await link.disconnect()

    assert len(door().line) == 0


def opened_step(now):
    browser = Client()
    pass_password(browser, "alice")
    ticket = ask_ticket(browser).json()["ticket"]
    return sessions.open_session(ticket, browser_hash=hash_of(browser.session), camera={}, now=now)


def step_that_was_left(voter, now):
    session = opened_step(now)
    sessions.leave(session, TIMED_OUT, was_asked=True, frames=30, models_used={}, now=now)
    session.refresh_from_db()
    return session


def test_leaving_at_a_movement_is_free_ten_times_a_day(voter, monkeypatch):
    monkeypatch.setattr(sessions, "TICKETS_PER_MINUTE", 1000)
    monkeypatch.setattr(allowance, "FREE_LEFT", 3)
    now = timezone.now()

    left = [step_that_was_left(voter, now).counted for _ in range(5)]
    FaceAllowance.objects.update(began_at=now - allowance.DAY)
    next_day = step_that_was_left(voter, now).counted

    assert left == [False] * 3 + [True] * 2
    assert not next_day
    assert FaceLockout.objects.get(user=voter).failures == 2


def test_a_fault_of_the_device_at_a_movement_is_free_ten_times_a_day_too(voter, monkeypatch):
    monkeypatch.setattr(sessions, "TICKETS_PER_MINUTE", 1000)
    monkeypatch.setattr(allowance, "FREE_LEFT", 3)
    now = timezone.now()

    counted = []
    for was_asked in (False, *[True] * 5):
        session = opened_step(now)
        verdict = Verdict(verified=False, reason=Reason.CAMERA)
        sessions.finish(session, verdict, was_asked=was_asked, frames=50, models_used={}, now=now)
        session.refresh_from_db()
        counted.append(session.counted)

    assert counted == [False] * 4 + [True] * 2


def test_a_step_that_has_a_verdict_is_not_left_again(voter):
    now = timezone.now()
    session = step_that_was_left(voter, now)

    sessions.leave(session, TIMED_OUT, was_asked=True, frames=30, models_used={}, now=now)

    assert FaceAllowance.objects.get(user=voter).left == 1
