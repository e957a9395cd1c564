"""A voter without a browser: signs in, takes a ticket and streams frames, over real connections."""

from __future__ import annotations

import asyncio
import json
import struct
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

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
    import httpx

    with httpx.Client(base_url=url, follow_redirects=False, timeout=60) as client:
        client.get("/sign-in/")
        form = {
            "username": username,
            "password": PASSWORD,
            "csrfmiddlewaretoken": client.cookies["csrftoken"],
        }
        answer = client.post("/sign-in/", data=form)
        if answer.status_code != httpx.codes.FOUND:
            raise RuntimeError(f"the password step answered {answer.status_code}")
        return dict(client.cookies)


def ticket(url: str, cookies: dict[str, str]) -> str:
    import httpx

    answer = httpx.post(
        f"{url}/verify/ticket/",
        json={"purpose": "login"},
        headers={"X-CSRFToken": cookies["csrftoken"], "Cookie": _header(cookies)},
        timeout=60,
    )
    if answer.status_code != httpx.codes.OK:
        raise RuntimeError(f"the ticket was refused: {answer.status_code} {answer.text[:200]}")
    return str(answer.json()["ticket"])


async def visit(
    url: str, username: str, player: Player, *, pace: float = FRAMES_PER_SECOND
) -> Visit:
    """The whole face step, to the verdict or the closing of the socket."""
    from websockets.asyncio.client import connect
    from websockets.exceptions import ConnectionClosed

    cookies = await asyncio.to_thread(sign_in, url, username)
    token = await asyncio.to_thread(ticket, url, cookies)
    headers = {"Cookie": _header(cookies)}
    address = url.replace("http", "ws", 1) + "/ws/verify/"
    begun, seen = time.perf_counter(), Visit()
    async with connect(address, origin=url, additional_headers=headers) as link:  # type: ignore[arg-type]
        try:
            await link.send(json.dumps({"type": "hello", "version": 1, "ticket": token}))
            await _stream(link, player, pace, seen)
        except ConnectionClosed as closed:
            seen.close_code = closed.rcvd.code if closed.rcvd else None
            seen.verdict = await _last_word(link)
    seen.seconds = time.perf_counter() - begun
    return seen


async def _stream(link: ClientConnection, player: Player, pace: float, seen: Visit) -> None:
    answer = await _ready(link)
    sequence, due = 0, time.perf_counter()
    while answer["type"] != "verdict":
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
