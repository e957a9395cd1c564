"""The verification socket's messages; docs/protocol.md is the same in prose.

Nothing here touches a picture: what is refused is refused before any decoder runs.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from biometrics.engine.pad.coloured_light import ShownColour

if TYPE_CHECKING:
    from biometrics.engine.pad.movements import ShownCue
    from biometrics.engine.session import Policy, Progress, Verdict

VERSION = 1
HEADER = struct.Struct(">BBHIQ")
MAX_JPEG_BYTES = 200 * 1024
MAX_TEXT_BYTES = 2048
MAX_TICKET_LENGTH = 64
MAX_CAMERA_LABEL = 80
MAX_SIDE = 10_000
LIGHT = "light"
JPEG_START = b"\xff\xd8\xff"


class Close(IntEnum):
    """Why the server closed the socket; one meaning each."""

    DONE = 1000
    FORM = 4400
    SIGN_IN = 4401
    ORIGIN = 4403
    TIME = 4408
    ORDER = 4409
    SIZE = 4413
    RATE = 4429
    FULL = 4503


class ProtocolError(Exception):
    """A message that breaks the protocol; the socket closes with `code`."""

    def __init__(self, code: Close) -> None:
        super().__init__(code.name)
        self.code = code


@dataclass(frozen=True, slots=True)
class Hello:
    """`light`: the voter chose coloured light in place of some movements."""

    ticket: str
    camera: dict[str, str | int]
    light: bool = False


@dataclass(frozen=True, slots=True)
class FrameMessage:
    """One JPEG with its place in the stream; `sent_ms` is the page's own clock."""

    step: int
    sequence: int
    sent_ms: int
    jpeg: bytes


def parse_hello(text: str) -> Hello:
    """Read the first message of a socket; ProtocolError where it is anything else."""
    data = _object(text)
    ticket = data.get("ticket")
    if data.get("type") != "hello" or data.get("version") != VERSION:
        raise ProtocolError(Close.FORM)
    if not isinstance(ticket, str) or not 0 < len(ticket) <= MAX_TICKET_LENGTH:
        raise ProtocolError(Close.SIGN_IN)
    return Hello(ticket, _camera(data.get("camera")), light=data.get("light") is True)


def is_bye(text: str) -> bool:
    return _object(text).get("type") == "bye"


def parse_frame(data: bytes) -> FrameMessage:
    """Read a binary message; ProtocolError names what is wrong with it."""
    if len(data) > HEADER.size + MAX_JPEG_BYTES:
        raise ProtocolError(Close.SIZE)
    if len(data) <= HEADER.size + len(JPEG_START):
        raise ProtocolError(Close.FORM)
    version, step, reserved, sequence, sent_ms = HEADER.unpack_from(data)
    jpeg = data[HEADER.size :]
    if version != VERSION or reserved != 0 or not jpeg.startswith(JPEG_START):
        raise ProtocolError(Close.FORM)
    return FrameMessage(step=step, sequence=sequence, sent_ms=sent_ms, jpeg=jpeg)


def ready(policy: Policy) -> str:
    return _dump(
        type="ready",
        frames_needed=policy.frames_needed,
        seconds=round(policy.seconds),
        max_bytes=MAX_JPEG_BYTES,
        step=0,
    )


def place(number: int) -> str:
    return _dump(type="place", place=number)


def frame_reply(sequence: int, progress: Progress) -> str:
    """Where the face is, what to do and how far it is: never a score or a threshold."""
    return _dump(
        type="frame",
        sequence=sequence,
        box=[round(edge, 4) for edge in progress.box] if progress.box else None,
        hint=str(progress.hint),
        progress=round(progress.share, 3),
        stage="match" if progress.asked is None else "challenge",
        step=progress.step,
        challenge=_challenge(progress.asked),
    )


def _challenge(asked: ShownCue | ShownColour | None) -> dict[str, object] | None:
    """The cue on show and no other: the ones to come are not even drawn yet."""
    if asked is None:
        return None
    return {
        "kind": LIGHT if isinstance(asked, ShownColour) else str(asked.cue.kind),
        "target": int(asked.colour) if isinstance(asked, ShownColour) else asked.cue.target,
        "reached": round(asked.reached, 2),
        "seconds_left": round(asked.seconds_left, 1),
    }


def verified(next_path: str) -> str:
    return _dump(type="verdict", verified=True, next=next_path)


def refused(verdict: Verdict, retry_after: int) -> str:
    return _dump(
        type="verdict", verified=False, reason=str(verdict.reason), retry_after=retry_after
    )


def _object(text: str) -> dict[str, Any]:
    if len(text) > MAX_TEXT_BYTES:
        raise ProtocolError(Close.SIZE)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise ProtocolError(Close.FORM) from None
    if not isinstance(data, dict):
        raise ProtocolError(Close.FORM)
    return data


def _camera(value: object) -> dict[str, str | int]:
    """The camera as the page names it: a signal for officials, checked for shape only."""
    if not isinstance(value, dict):
        return {}
    camera: dict[str, str | int] = {}
    label = value.get("label")
    if isinstance(label, str):
        camera["label"] = "".join(c for c in label if c.isprintable())[:MAX_CAMERA_LABEL]
    for name in ("width", "height", "frame_rate"):
        number = value.get(name)
        if isinstance(number, int | float) and 0 < number <= MAX_SIDE:
            camera[name] = round(number)
    return camera


def _dump(**fields: object) -> str:
    return json.dumps(fields, separators=(",", ":"))
