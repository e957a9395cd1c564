"""The verification socket from the browser's side: what the page sends, and what it is answered."""

from __future__ import annotations

import asyncio
import json
import struct
from typing import TYPE_CHECKING, Any

from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings

from biometrics.models import VerificationGrant, VerificationSession
from facevote.asgi import application
from tests.support.people import ask_ticket, pass_password
from tests.support.pictures import drawn, encoded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.test import Client

    from tests.support.scripted_engine import Head

Answer = dict[str, Any]

OWN_ORIGIN = b"http://testserver"
PACE = 0.09  # seconds between frames: no more than 12 a second


async def ticket_of(client: Client) -> tuple[str, str]:
    """A ticket for alice, and the session cookie of the browser that may use it."""
    ticket, cookie = await database_sync_to_async(_ticket_of)(client)
    return ticket, cookie


def _ticket_of(client: Client) -> tuple[str, str]:
    pass_password(client, "alice")
    ticket: str = ask_ticket(client).json()["ticket"]
    return ticket, client.cookies[settings.SESSION_COOKIE_NAME].value


async def count_grants() -> int:
    return await VerificationGrant.objects.acount()


def socket(
    cookie: str, origin: bytes | None = OWN_ORIGIN, host: bytes = b"testserver"
) -> WebsocketCommunicator:
    headers = [
        (b"host", host),
        (b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()),
    ]
    if origin is not None:
        headers.append((b"origin", origin))
    return WebsocketCommunicator(application, "/ws/verify/", headers=headers)


def hello(ticket: str, version: int = 1, light: bool | None = None) -> str:
    """The page's first message; `light` is left out of it if None."""
    message: dict[str, Any] = {
        "type": "hello",
        "version": version,
        "ticket": ticket,
        "camera": {},
    }
    return json.dumps(message if light is None else {**message, "light": light})


def frame(
    sequence: int, jpeg: bytes, *, version: int = 1, step: int = 0, sent: float | None = None
) -> bytes:
    """A frame's message, taken `sent` seconds after the page was opened."""
    milliseconds = 1000 + sequence * 90 if sent is None else int(sent * 1000)
    return struct.pack(">BBHIQ", version, step, 0, sequence, milliseconds) + jpeg


def picture(
    person: tuple[int, int, int], *, mark: int = 0, screen: bool = False, head: Head | None = None
) -> bytes:
    """A drawn JPEG, with what the scripted engine looks for at the lower edge.

    `screen` makes it an attack; `head` says where the person looks, and in which light.
    """
    image = drawn(person, mark=mark)
    if head is not None:
        image.paste(head.colour, (0, 224, 24, 240))
        if head.lit:
            image.paste(head.lit, (24, 224, 36, 240))
    if screen:
        image.paste((255, 255, 255), (290, 210, 320, 240))
    return encoded(image)


async def open_link(
    client: Client, *, light: bool | None = None, origin: bytes | None = OWN_ORIGIN
) -> WebsocketCommunicator:
    """A socket that has answered the page's hello with "ready"."""
    ticket, cookie = await ticket_of(client)
    link = socket(cookie, origin)
    assert (await link.connect())[0]
    await link.send_to(text_data=hello(ticket, light=light))
    assert (await next_answer(link))["type"] == "ready"
    return link


async def next_answer(link: WebsocketCommunicator) -> Answer:
    output = await link.receive_output(5)
    assert output["type"] == "websocket.send", output
    answer: Answer = json.loads(output["text"])
    return answer


async def close_code(link: WebsocketCommunicator) -> int:
    """The code with which the server closes the socket; answers before that are passed over."""
    while True:
        output = await link.receive_output(5)
        if output["type"] == "websocket.close":
            return int(output["code"])


async def answers_to(link: WebsocketCommunicator, pictures: Iterable[bytes]) -> list[Answer]:
    """Send the pictures one by one and return every answer up to the verdict."""
    answers: list[Answer] = []
    for sequence, jpeg in enumerate(pictures, start=1):
        await link.send_to(bytes_data=frame(sequence, jpeg))
        answers.append(await next_answer(link))
        if answers[-1]["type"] == "verdict":
            return answers
        if sequence >= 3 and answers[-1]["progress"] == 1.0:
            answers.append(await next_answer(link))
            return answers
        await asyncio.sleep(PACE)
    answers.append(await next_answer(link))
    return answers


async def stored() -> VerificationSession:
    """The only face step in the database."""
    return await VerificationSession.objects.aget()
