"""The verification socket through the real ASGI application, cookies, tickets and database."""

from __future__ import annotations

import asyncio
import json
import threading
import time

import pytest
from channels.db import database_sync_to_async
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from biometrics import engine_loader
from biometrics.engine.pad import coloured_light, movements
from biometrics.models import Reference, VerificationSession
from biometrics.verification import policies, runner
from tests.biometrics.engine.session.heads import toward
from tests.biometrics.verification.sockets import (
    PACE,
    Answer,
    answers_to,
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
from tests.support.pictures import ALICE, BOB, CROWD, NOBODY, drawn, encoded
from tests.support.scripted_engine import Head, ScriptedEngine

pytestmark = pytest.mark.usefixtures("short_face_step")


@database_sync_to_async
def stored():
    return VerificationSession.objects.get()


async def test_the_voter_is_verified_and_gets_one_grant(voter):
    link = await open_link(Client())

    answers = await answers_to(link, [picture(ALICE, mark=n) for n in range(1, 4)])

    way_on = reverse("biometrics:complete")
    assert answers[-1] == {"type": "verdict", "verified": True, "next": way_on}
    assert await count_grants() == 1
    assert (await stored()).models_used == dict(ScriptedEngine.hashes)


async def test_no_answer_holds_a_score(voter):
    link = await open_link(Client())

    answers = await answers_to(link, [picture(ALICE, mark=n) for n in range(1, 4)])

    told = {name for answer in answers for name in answer}
    assert not told & {"score", "threshold", "similarity", "distance", "template"}


@pytest.mark.parametrize(
    ("pictures", "reason"),
    [
        ([picture(BOB, mark=n % 20) for n in range(1, 27)], "no_match"),
        ([picture(ALICE, mark=n % 20, screen=True) for n in range(1, 27)], "not_live"),
    ],
)
async def test_a_stranger_and_a_screen_are_refused(voter, pictures, reason):
    link = await open_link(Client())

    answers = await answers_to(link, pictures)

    assert answers[-1]["verified"] is False
    assert answers[-1]["reason"] == reason
    assert await count_grants() == 0


async def moved(link, head_for, *, step_of=lambda answer: answer["step"]):
    """Looks at the camera, then does what `head_for` makes of each cue; returns every answer."""
    answers: list[Answer] = []
    answer: Answer = {"step": 0, "challenge": None}
    for sequence in range(1, 200):
        cue = answer["challenge"]
        head = head_for(cue) if cue else Head()
        # Never the same picture twice: a head that is held as it was in another cue is no loop.
        jpeg = picture(ALICE, mark=sequence, head=head)
        message = frame(sequence, jpeg, step=step_of(answer), sent=time.monotonic())
        await link.send_to(bytes_data=message)
        answer = await next_answer(link)
        answers.append(answer)
        if answer.get("progress") == 1.0:
            answers.append(await next_answer(link))
        if answers[-1]["type"] == "verdict":
            return answers
        await asyncio.sleep(PACE)
    return answers


# With blinks the second seed asks for the eyes.
@pytest.mark.parametrize(("blinks", "seed"), [(False, b"1"), (True, b"2")])
async def test_who_follows_the_cues_is_verified_and_hears_one_at_a_time(
    voter, settings, monkeypatch, blinks, seed
):
    settings.CHALLENGE_LOGIN, settings.CHALLENGE_BLINKS = "always", blinks
    monkeypatch.setattr(policies, "seed_for", lambda _session: seed)
    link = await open_link(Client())

    answers = await moved(link, toward)

    assert answers[-1]["verified"] is True
    shown = [a["challenge"] for a in answers if a.get("challenge")]
    assert {answer["stage"] for answer in answers[:-1]} == {"match", "challenge"}
    assert all(set(cue) == {"kind", "target", "reached", "seconds_left"} for cue in shown)
    assert len({answer["step"] for answer in answers[:-1]}) >= 6
    assert ("close_eyes" in {cue["kind"] for cue in shown}) is blinks


async def test_who_chose_light_is_lit_and_moves_less(voter, settings):
    settings.CHALLENGE_LOGIN, settings.CHALLENGE_LIGHT = "always", True
    link = await open_link(Client(), light=True)

    answers = await moved(link, toward)

    assert answers[-1]["verified"] is True
    steps = {a["step"]: a["challenge"]["kind"] for a in answers if a.get("challenge")}
    assert list(steps.values()).count("light") == coloured_light.COLOURS
    assert len(steps) == coloured_light.COLOURS + 3


async def test_who_chose_light_and_reflects_none_is_refused(voter, settings):
    settings.CHALLENGE_LOGIN, settings.CHALLENGE_LIGHT = "always", True
    link = await open_link(Client(), light=True)

    answers = await moved(link, lambda _cue: Head())

    assert answers[-1]["reason"] == "light_unseen"
    assert await count_grants() == 0


@pytest.mark.parametrize(("chosen", "offered"), [(False, True), (True, False)])
async def test_light_takes_a_site_that_offers_it_and_a_voter_who_chooses_it(
    voter, settings, chosen, offered
):
    settings.CHALLENGE_LOGIN, settings.CHALLENGE_LIGHT = "always", offered
    link = await open_link(Client(), light=chosen)

    answers = await moved(link, toward)

    kinds = {a["challenge"]["kind"] for a in answers if a.get("challenge")}
    assert answers[-1]["verified"] is True
    assert "light" not in kinds


async def test_who_goes_the_other_way_is_refused(voter, settings, monkeypatch):
    settings.CHALLENGE_LOGIN = "always"
    monkeypatch.setattr(movements, "STEP_SECONDS", 1.5)
    link = await open_link(Client())

    answers = await moved(link, lambda cue: toward(cue, share=-1))

    assert answers[-1]["verified"] is False
    assert answers[-1]["reason"] == "challenge_failed"
    assert await count_grants() == 0


async def test_a_step_that_was_not_shown_yet_is_out_of_order(voter, settings):
    settings.CHALLENGE_LOGIN = "always"
    link = await open_link(Client())

    await link.send_to(bytes_data=frame(1, GOOD, step=1))

    assert await close_code(link) == 4409


@pytest.mark.parametrize(("person", "hint"), [(NOBODY, "no_face"), (CROWD, "several_faces")])
async def test_the_voter_is_told_what_to_do(voter, person, hint):
    link = await open_link(Client())

    await link.send_to(bytes_data=frame(1, picture(person)))

    assert (await next_answer(link))["hint"] == hint


async def test_one_picture_sent_again_and_again_is_not_a_streak(voter):
    link = await open_link(Client())
    for sequence in range(1, 6):
        await link.send_to(bytes_data=frame(sequence, picture(ALICE)))
        answer = await next_answer(link)
        await asyncio.sleep(PACE)

    assert answer["progress"] < 1.0
    assert await count_grants() == 0


@pytest.mark.parametrize("origin", [None, b"null", b"http://evil.test", b"https://testserver"])
async def test_another_sites_page_is_turned_away(voter, origin):
    ticket, cookie = await ticket_of(Client())
    link = socket(cookie, origin)
    await link.connect()

    await link.send_to(text_data=hello(ticket))

    assert await close_code(link) == 4403


async def test_a_ticket_opens_one_socket_in_one_browser(voter):
    client = Client()
    ticket, cookie = await ticket_of(client)
    _, foreign = await ticket_of(Client())

    codes = []
    for used in ("", foreign):
        link = socket(used)
        await link.connect()
        await link.send_to(text_data=hello(ticket))
        codes.append(await close_code(link))
    first = socket(cookie)
    await first.connect()
    await first.send_to(text_data=hello(ticket))
    ready = await next_answer(first)
    second = socket(cookie)
    await second.connect()
    await second.send_to(text_data=hello(ticket))

    assert codes == [4401, 4401]
    assert ready["type"] == "ready"
    assert await close_code(second) == 4401


async def test_an_old_ticket_opens_nothing(voter):
    ticket, cookie = await ticket_of(Client())
    await database_sync_to_async(VerificationSession.objects.update)(
        ticket_expires_at=timezone.now()
    )
    link = socket(cookie)
    await link.connect()

    await link.send_to(text_data=hello(ticket))

    assert await close_code(link) == 4401


GOOD = picture(ALICE)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"bytes_data": b"\x01"}, 4400),
        ({"bytes_data": frame(1, b"")}, 4400),
        ({"bytes_data": frame(1, GOOD, version=9)}, 4400),
        ({"bytes_data": frame(1, encoded(drawn(ALICE), "PNG"))}, 4400),
        ({"bytes_data": frame(1, GOOD[:200])}, 4400),
        ({"bytes_data": frame(1, GOOD + b"\x00" * 210_000)}, 4413),
        ({"bytes_data": frame(2, GOOD)}, 4409),
        ({"bytes_data": frame(0, GOOD)}, 4409),
        ({"text_data": "text for binary"}, 4400),
        ({"text_data": "[" * 2000}, 4400),
        ({"text_data": '{"type": "hello"}'}, 4409),
    ],
)
async def test_bad_messages_close_the_socket_with_one_meaning(voter, message, code):
    link = await open_link(Client())

    await link.send_to(**message)

    assert await close_code(link) == code
    assert await count_grants() == 0
    assert not (await stored()).counted


async def test_a_frame_before_hello_is_out_of_order(voter):
    _, cookie = await ticket_of(Client())
    link = socket(cookie)
    await link.connect()

    await link.send_to(bytes_data=frame(1, GOOD))

    assert await close_code(link) == 4409


async def test_a_recorded_session_sent_again_opens_nothing(voter):
    client = Client()
    ticket, cookie = await ticket_of(client)
    messages = [frame(n, picture(ALICE, mark=n)) for n in range(1, 4)]
    link = socket(cookie)
    await link.connect()
    await link.send_to(text_data=hello(ticket))
    for message in messages:
        await link.send_to(bytes_data=message)
        await asyncio.sleep(PACE)
    await close_code(link)

    again = socket(cookie)
    await again.connect()
    await again.send_to(text_data=hello(ticket))

    assert await close_code(again) == 4401
    assert await count_grants() == 1


async def test_a_flood_is_ended(voter):
    link = await open_link(Client())

    for sequence in range(1, 30):
        await link.send_to(bytes_data=frame(sequence, picture(NOBODY, mark=sequence % 20)))

    assert await close_code(link) == 4429


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
