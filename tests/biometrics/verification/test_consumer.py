"""The verification socket through the real ASGI application, cookies, tickets and database."""

from __future__ import annotations

import asyncio
import time

import pytest
from django.test import Client
from django.urls import reverse

from biometrics.engine.pad import coloured_light, movements
from biometrics.verification import policies
from tests.biometrics.engine.session.heads import toward
from tests.biometrics.verification.sockets import (
    PACE,
    Answer,
    answers_to,
    close_code,
    count_grants,
    frame,
    next_answer,
    open_link,
    picture,
    stored,
)
from tests.support.pictures import ALICE, BOB, CROWD, NOBODY
from tests.support.scripted_engine import Head, ScriptedEngine

pytestmark = pytest.mark.usefixtures("short_face_step")


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

    await link.send_to(bytes_data=frame(1, picture(ALICE), step=1))

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
