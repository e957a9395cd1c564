"""Faults of the engine, of its threads and of the database: none of them verifies anybody."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest
from channels.db import database_sync_to_async
from django.conf import settings
from django.db import OperationalError
from django.test import Client

from biometrics import engine_loader
from biometrics.models import Reference, VerificationSession
from biometrics.verification import policies, runner
from tests.biometrics.verification.sockets import (
    answers_to,
    close_code,
    count_grants,
    frame,
    hello,
    open_link,
    picture,
    socket,
    stored,
    ticket_of,
)
from tests.support.pictures import ALICE
from tests.support.scripted_engine import ScriptedEngine

pytestmark = pytest.mark.usefixtures("short_face_step")


@pytest.mark.parametrize("method", ["process", "compare", "compare_fused"])
async def test_a_fault_in_the_engine_verifies_nobody(voter, method, monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError("the engine broke")

    monkeypatch.setattr(ScriptedEngine, method, fail)
    link = await open_link(Client())

    answers = await answers_to(link, [picture(ALICE, mark=n) for n in range(1, 12)])

    assert answers[-1]["verified"] is False
    assert answers[-1]["reason"] == "again"
    assert await count_grants() == 0


async def test_a_frame_that_the_engine_fails_on_costs_that_frame_alone(voter, monkeypatch):
    judge, calls = ScriptedEngine.process, []

    def fail_once(self, *args, **kwargs):
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("the engine broke")
        return judge(self, *args, **kwargs)

    monkeypatch.setattr(ScriptedEngine, "process", fail_once)
    link = await open_link(Client())

    answers = await answers_to(link, [picture(ALICE, mark=n) for n in range(1, 9)])

    # One frame before the fault does not count on: three are needed after it.
    assert [answer.get("progress") for answer in answers] == [0.333, 0.0, 0.333, 0.667, 1.0, None]
    assert answers[-1]["verified"] is True


async def test_a_frame_that_the_engine_hangs_on_costs_that_frame_alone(voter, monkeypatch):
    monkeypatch.setattr(runner, "HANG_SECONDS", 0.3)
    monkeypatch.setattr(runner, "LOOK_SECONDS", 0.05)
    judge, calls, release = ScriptedEngine.process, [], threading.Event()

    def hang(self, *args, **kwargs):
        calls.append(1)
        if len(calls) <= settings.ENGINE_THREADS:  # as many as there are threads
            release.wait(30)
            raise RuntimeError("long gone")
        return judge(self, *args, **kwargs)

    monkeypatch.setattr(ScriptedEngine, "process", hang)
    link = await open_link(Client())

    answers = await answers_to(link, [picture(ALICE, mark=n) for n in range(1, 9)])

    release.set()
    assert [answer.get("progress") for answer in answers][:2] == [0.0, 0.0]
    assert answers[-1]["verified"] is True


async def test_the_newest_frame_wins(voter, monkeypatch):
    judge, started, release = ScriptedEngine.process, threading.Event(), threading.Event()

    def wait(self, *args, **kwargs):
        started.set()
        release.wait(10)
        return judge(self, *args, **kwargs)

    monkeypatch.setattr(ScriptedEngine, "process", wait)
    link = await open_link(Client())

    await link.send_to(bytes_data=frame(1, picture(ALICE, mark=1)))
    await asyncio.to_thread(started.wait, 10)
    for sequence in (2, 3, 4):
        await link.send_to(bytes_data=frame(sequence, picture(ALICE, mark=sequence)))
    await asyncio.sleep(0.2)
    release.set()

    judged = [json.loads(await link.receive_from(5))["sequence"] for _ in range(2)]
    assert judged == [1, 4]
    assert await link.receive_nothing(0.3)
    await link.disconnect()


async def test_a_verdict_that_cannot_be_stored_is_not_said(voter, monkeypatch):
    def fail(*_args, **_kwargs):
        raise OSError("the disk is full")

    monkeypatch.setattr("biometrics.verification.sessions.grants.grant", fail)
    link = await open_link(Client())

    answers = await answers_to(link, [picture(ALICE, mark=n) for n in range(1, 4)])

    assert answers[-1]["verified"] is False
    assert await count_grants() == 0
    assert (await stored()).state != "verified"


async def test_no_picture_stays_behind(voter):
    link = await open_link(Client())
    await answers_to(link, [picture(ALICE, mark=n) for n in range(1, 4)])

    def everything():
        from django.core.serializers import serialize

        return serialize("json", [*VerificationSession.objects.all(), *Reference.objects.all()])

    kept = await database_sync_to_async(everything)()

    assert "/9j/" not in kept  # a JPEG's beginning in Base64
    assert "ffd8ff" not in kept


def test_warming_loads_an_engine_in_every_thread(settings):
    settings.ENGINE_THREADS = 2
    runner.threads.cache_clear()

    runner.warm()
    found = [runner.threads().submit(engine_loader.engine) for _ in range(4)]

    assert all(isinstance(one.result(10), ScriptedEngine) for one in found)
    runner.threads().shutdown()
    runner.threads.cache_clear()


async def test_a_database_that_goes_away_after_the_ticket_closes_as_full(voter, monkeypatch):
    """The page then connects again; without a close code it would not know why."""
    ticket, cookie = await ticket_of(Client())

    def away(*_args, **_kwargs):
        raise OperationalError

    monkeypatch.setattr(policies, "policy_for", away)
    link = socket(cookie)
    await link.connect()
    await link.send_to(text_data=hello(ticket))

    assert await close_code(link) == 4503
