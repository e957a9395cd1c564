"""The face step in which a voter takes the first photos, over the real socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from channels.db import database_sync_to_async
from django.conf import settings as site
from django.test import Client

from biometrics.engine.session import machine
from biometrics.models import SelfEnrolment
from biometrics.verification import admission, consumers
from tests.biometrics.self_enrolment.people import newcomer
from tests.biometrics.verification.sockets import (
    answers_to,
    frame,
    hello,
    next_answer,
    picture,
    socket,
    stored,
)
from tests.support.people import ask_ticket, pass_password
from tests.support.pictures import ALICE, BOB

if TYPE_CHECKING:
    from channels.testing import WebsocketCommunicator
    from pytest_django import Settings

pytestmark = pytest.mark.django_db(transaction=True)
FRAMES = machine.MAX_FAILED_FRAMES + 4


@pytest.fixture(autouse=True)
def quick_socket(
    unguarded_after: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PAD_ENABLED = True
    settings.HTTPS = False
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.FRAMES_NEEDED = 4
    monkeypatch.setattr(consumers, "MAX_FRAMES_PER_SECOND", 1000)
    monkeypatch.setattr(consumers, "BURST", 1000)
    admission.door.cache_clear()


def _ticket() -> tuple[str, str]:
    newcomer("alice")
    client = Client()
    pass_password(client, "alice")
    ticket: str = ask_ticket(client, "enrol").json()["ticket"]
    return ticket, client.cookies[site.SESSION_COOKIE_NAME].value


async def opened() -> WebsocketCommunicator:
    ticket, cookie = await database_sync_to_async(_ticket)()
    link = socket(cookie)
    assert (await link.connect())[0]
    await link.send_to(text_data=hello(ticket))
    assert (await next_answer(link))["type"] == "ready"
    return link


async def test_a_screen_before_the_camera_gives_no_photos() -> None:
    link = await opened()

    answers = await answers_to(
        link, (picture(ALICE, mark=mark, screen=True) for mark in range(FRAMES))
    )

    assert (answers[-1]["verified"], answers[-1]["reason"]) == (False, "not_live")
    assert not await SelfEnrolment.objects.aexists()


async def test_nobody_else_takes_the_place_of_the_first_face() -> None:
    """Without a reference, the frames are held against the first good one."""
    link = await opened()
    people = [ALICE] * 2 + [BOB] * FRAMES

    answers = await answers_to(
        link, (picture(person, mark=mark) for mark, person in enumerate(people))
    )

    assert (answers[-1]["verified"], answers[-1]["reason"]) == (False, "no_match")
    assert (await stored()).counted
    assert not await SelfEnrolment.objects.aexists()


async def test_who_makes_no_movement_gets_no_photos(settings: Settings) -> None:
    """Also where the site asks for none at other times."""
    settings.CHALLENGE_LOGIN = settings.CHALLENGE_CAST = "passive"
    link = await opened()

    for number in range(1, 9):
        await link.send_to(bytes_data=_frame(number))
        answer = await next_answer(link)

    assert answer["challenge"] is not None
    assert not await SelfEnrolment.objects.aexists()
    await link.disconnect()


def _frame(number: int) -> bytes:
    return frame(number, picture(ALICE, mark=number))
