"""A voter without a browser: signs in, takes a ticket and streams frames, over real connections."""

from __future__ import annotations

import asyncio
import http.client
import json
import math
import struct
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from websockets.asyncio.client import ClientConnection

PASSWORD = "a password of the trial"  # noqa: S105
FRAMES_PER_SECOND = 10.0
HEADER = struct.Struct(">BBHIQ")
MAX_PLACES = 120


class Player(Protocol):
    """What stands before the camera: gives the next JPEG, told the last answer."""

    def frame(self, answer: Mapping[str, Any]) -> bytes: ...


@dataclass
class Visit:
    """What one socket said in the end, and how long each reply took, in milliseconds."""

    verdict: dict[str, Any] = field(default_factory=dict)
    replies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    close_code: int | None = None

    @property
    def verified(self) -> bool:
        return self.verdict.get("verified") is True


def sign_in(url: str, username: str) -> dict[str, str]:
    """The password step; the cookies of the pending login."""
    link = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    _status, cookies, _body = _request(link, "GET", "/sign-in/", {})
    form = {
        "username": username,
        "password": PASSWORD,
        "csrfmiddlewaretoken": cookies["csrftoken"],
    }
    kind = "application/x-www-form-urlencoded"
    status, given, _body = _request(
        link, "POST", "/sign-in/", cookies, body=urlencode(form).encode(), kind=kind
    )
    link.close()
    if status != HTTPStatus.FOUND:
        raise RuntimeError(f"the password step answered {status}")
    return cookies | given


def ticket(url: str, cookies: dict[str, str]) -> str:
    link = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    body = json.dumps({"purpose": "login"}).encode()
    status, _given, answer = _request(
        link, "POST", "/verify/ticket/", cookies, body=body, kind="application/json"
    )
    link.close()
    if status != HTTPStatus.OK:
        raise RuntimeError(f"the ticket was refused: {status} {answer[:200]!r}")
    return str(json.loads(answer)["ticket"])


def _request(
    link: http.client.HTTPConnection,
    method: str,
    path: str,
    cookies: Mapping[str, str],
    *,
    body: bytes = b"",
    kind: str = "",
) -> tuple[int, dict[str, str], bytes]:
    """Status, the cookies that were set, body."""
    headers = {"Cookie": _header(cookies)} if cookies else {}
    if body:
        headers |= {"Content-Type": kind, "X-CSRFToken": cookies["csrftoken"]}
    link.request(method, path, body or None, headers)
    answer = link.getresponse()
    jar: SimpleCookie = SimpleCookie()
    for line in answer.headers.get_all("Set-Cookie", []):
        jar.load(line)
    return answer.status, {name: one.value for name, one in jar.items()}, answer.read()


async def visit(
    url: str,
    username: str,
    player: Player,
    *,
    pace: float = FRAMES_PER_SECOND,
    until: float = math.inf,
    light: bool = False,
) -> Visit:
    """The whole face step: to the verdict, the closing of the socket, or `until` (perf_counter).

    With coloured light in place of some movements, if `light` and where the site offers it.
    """
    from websockets.asyncio.client import connect
    from websockets.exceptions import ConnectionClosed

    cookies = await asyncio.to_thread(sign_in, url, username)
    token = await asyncio.to_thread(ticket, url, cookies)
    headers = {"Cookie": _header(cookies)}
    address = url.replace("http", "ws", 1) + "/ws/verify/"
    begun, seen = time.perf_counter(), Visit()
    async with connect(
        address,
        origin=url,  # type: ignore[arg-type]
        additional_headers=headers,
        compression=None,  # JPEGs do not shrink
    ) as link:
        try:
            hello = {"type": "hello", "version": 1, "ticket": token, "light": light}
            await link.send(json.dumps(hello))
            await _stream(link, player, pace, seen, until)
        except ConnectionClosed as closed:
            seen.close_code = closed.rcvd.code if closed.rcvd else None
            seen.verdict = await _last_word(link)
    seen.seconds = time.perf_counter() - begun
    return seen


async def _stream(
    link: ClientConnection, player: Player, pace: float, seen: Visit, until: float
) -> None:
    answer = await _ready(link)
    sequence, due = 0, time.perf_counter()
    while answer["type"] != "verdict":
        if time.perf_counter() > until:
            return
        jpeg = await asyncio.to_thread(player.frame, answer)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        sequence += 1
        sent = time.perf_counter()
        due = sent + 1 / pace
        step = answer.get("step", 0)
        await link.send(HEADER.pack(1, step, 0, sequence, int(sent * 1000)) + jpeg)
        answer = json.loads(await link.recv())
        seen.replies.append((time.perf_counter() - sent) * 1000)
        if answer.get("progress") == 1.0 and answer["type"] == "frame":
            answer = json.loads(await link.recv())
    seen.verdict = answer


async def _last_word(link: ClientConnection) -> dict[str, Any]:
    """The verdict that came while the next frame was on its way."""
    from websockets.exceptions import ConnectionClosed

    answer: dict[str, Any] = {}
    try:
        while answer.get("type") != "verdict":
            answer = json.loads(await link.recv())
    except ConnectionClosed:
        return {}
    return answer


async def _ready(link: ClientConnection) -> dict[str, Any]:
    for _ in range(MAX_PLACES):
        answer: dict[str, Any] = json.loads(await link.recv())
        if answer["type"] in {"ready", "verdict"}:
            return answer
    raise RuntimeError("no place became free")


def _header(cookies: Mapping[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
