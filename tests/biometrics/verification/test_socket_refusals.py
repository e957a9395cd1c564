"""What the socket turns away: other pages, used tickets, bad messages, floods."""

from __future__ import annotations

import asyncio

import pytest
from channels.db import database_sync_to_async
from django.test import Client
from django.utils import timezone

from biometrics.models import VerificationSession
from tests.biometrics.verification.sockets import (
    PACE,
    close_code,
    count_grants,
    frame,
    hello,
    next_answer,
    open_link,
    picture,
    socket,
    stored,
    ticket_of,
)
from tests.support.pictures import ALICE, NOBODY, drawn, encoded

pytestmark = pytest.mark.usefixtures("short_face_step")


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
