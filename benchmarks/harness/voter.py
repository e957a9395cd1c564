"""A voter without a browser: signs in, takes a ticket and streams frames over real connections."""

from __future__ import annotations

import asyncio
import http.client
import json
import math
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from biometrics.engine.frame_message import VERSION, FrameMessage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from websockets.asyncio.client import ClientConnection

    from biometrics.attacks.instruments import Player

PASSWORD = "a password of the trial"  # noqa: S105
FRAMES_PER_SECOND = 10.0
MAX_PLACES = 120


@dataclass
class Visit:
    """The verdict of one socket, the milliseconds that each reply took, and the seconds in all."""

    verdict: dict[str, Any] = field(default_factory=dict)
    replies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    close_code: int | None = None

    @property
    def verified(self) -> bool:
        return self.verdict.get("verified") is True


def sign_in(url: str, username: str) -> dict[str, str]:
    """The cookies that the password step leaves. RuntimeError if the password is refused."""
    link = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    _status, cookies, _body = request(link, "GET", "/sign-in/", {})
    form = {
        "username": username,
        "password": PASSWORD,
        "csrfmiddlewaretoken": cookies["csrftoken"],
    }
    status, given, _body = request(
        link,
        "POST",
        "/sign-in/",
        cookies,
        body=urlencode(form).encode(),
        content_type="application/x-www-form-urlencoded",
    )
    link.close()
    if status != HTTPStatus.FOUND:
        raise RuntimeError(f"the password step answered {status}")
    return cookies | given


def ticket(url: str, cookies: dict[str, str]) -> str:
    """The word that opens one socket for the face step. RuntimeError if it is refused."""
    link = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    body = json.dumps({"purpose": "login"}).encode()
    status, _given, answer = request(
        link, "POST", "/verify/ticket/", cookies, body=body, content_type="application/json"
    )
    link.close()
    if status != HTTPStatus.OK:
        raise RuntimeError(f"the ticket was refused: {status} {answer[:200]!r}")
    return str(json.loads(answer)["ticket"])


def request(
    link: http.client.HTTPConnection,
    method: str,
    path: str,
    cookies: Mapping[str, str],
    *,
    body: bytes = b"",
    content_type: str = "",
) -> tuple[int, dict[str, str], bytes]:
    """The status, the cookies that the answer sets, and its body."""
    headers = {"Cookie": cookie_header(cookies)} if cookies else {}
    if body:
        headers |= {"Content-Type": content_type, "X-CSRFToken": cookies["csrftoken"]}
    link.request(method, path, body or None, headers)
    answer = link.getresponse()
    jar: SimpleCookie = SimpleCookie()
    for line in answer.headers.get_all("Set-Cookie", []):
        jar.load(line)
    return answer.status, {name: morsel.value for name, morsel in jar.items()}, answer.read()


async def visit(
    url: str,
    username: str,
    player: Player,
    *,
    pace: float = FRAMES_PER_SECOND,
    until: float = math.inf,
    light: bool = False,
) -> Visit:
    """The whole face step: up to the verdict, the socket's closing, or the time `until`.

    `pace` is in frames a second, `until` by time.perf_counter(). With `light`, the voter chooses
    coloured light in place of some movements, where the site offers it.
    """
    cookies = await asyncio.to_thread(sign_in, url, username)
    token = await asyncio.to_thread(ticket, url, cookies)
    headers = {"Cookie": cookie_header(cookies)}
    address = url.replace("http", "ws", 1) + "/ws/verify/"
    begun, result = time.perf_counter(), Visit()
    async with connect(
        address,
        origin=url,  # type: ignore[arg-type]
        additional_headers=headers,
        compression=None,  # JPEGs do not shrink
    ) as link:
        try:
            hello = {"type": "hello", "version": VERSION, "ticket": token, "light": light}
            await link.send(json.dumps(hello))
            await _stream(link, player, pace, result, until)
        except ConnectionClosed as closed:
            result.close_code = closed.rcvd.code if closed.rcvd else None
            result.verdict = await _last_word(link)
    result.seconds = time.perf_counter() - begun
    return result


async def _stream(
    link: ClientConnection, player: Player, pace: float, result: Visit, until: float
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
        await link.send(FrameMessage(step, sequence, int(sent * 1000), jpeg).to_bytes())
        answer = json.loads(await link.recv())
        result.replies.append((time.perf_counter() - sent) * 1000)
        if answer.get("progress") == 1.0 and answer["type"] == "frame":
            answer = json.loads(await link.recv())
    result.verdict = answer


async def _last_word(link: ClientConnection) -> dict[str, Any]:
    """A verdict that came while the next frame was being sent; empty if there was none."""
    answer: dict[str, Any] = {}
    try:
        while answer.get("type") != "verdict":
            answer = json.loads(await link.recv())
    except ConnectionClosed:
        return {}
    return answer


async def _ready(link: ClientConnection) -> dict[str, Any]:
    """Waits for a place among the sockets that are judged."""
    for _ in range(MAX_PLACES):
        answer: dict[str, Any] = json.loads(await link.recv())
        if answer["type"] in {"ready", "verdict"}:
            return answer
    raise RuntimeError("no place became free")


def cookie_header(cookies: Mapping[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
