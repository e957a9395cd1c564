"""The messages of the verification socket; docs/protocol.md describes them in prose.

Nothing here decodes a picture. Messages that break the protocol are refused before that.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from biometrics.engine.frame_message import (
    HEADER,
    JPEG_START,
    LIGHT,
    MAX_JPEG_BYTES,
    VERSION,
    FrameMessage,
)
from biometrics.engine.pad.coloured_light import ShownColour

if TYPE_CHECKING:
    from biometrics.engine.pad.movements import ShownCue
    from biometrics.engine.session import Policy, Progress, Verdict

MAX_TEXT_BYTES = 2048
MAX_TICKET_LENGTH = 64
MAX_CAMERA_LABEL = 80
MAX_SIDE = 10_000


class Close(IntEnum):
    """Why the server closed the socket; each code has one meaning."""

    DONE = 1000
    FORM = 4400
    SIGN_IN = 4401
    ORIGIN = 4403
    TIME = 4408
    ORDER = 4409
    IDLE = 4410
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
    """The first message of the page.

    `camera` is what the page says about its camera. `light` says that the voter chose coloured
    light in place of some of the movements.
    """

    ticket: str
    camera: dict[str, str | int]
    light: bool = False


def parse_hello(text: str) -> Hello:
    """Read the first message of a socket. Raises ProtocolError if it is anything else."""
    data = _object(text)
    ticket = data.get("ticket")
    if data.get("type") != "hello" or data.get("version") != VERSION:
        raise ProtocolError(Close.FORM)
    if not isinstance(ticket, str) or not 0 < len(ticket) <= MAX_TICKET_LENGTH:
        raise ProtocolError(Close.SIGN_IN)
    return Hello(ticket, _camera(data.get("camera")), light=data.get("light") is True)


def is_bye(text: str) -> bool:
    """Say whether the page says goodbye. Raises ProtocolError if it is not a JSON object."""
    return _object(text).get("type") == "bye"


def parse_frame(data: bytes) -> FrameMessage:
    """Read a binary message. Raises ProtocolError if it is not a frame of allowed size."""
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
    """The message after which the page may send frames."""
    return _dump(
        type="ready",
        frames_needed=policy.frames_needed,
        seconds=round(min(policy.seconds, policy.seconds_to_match)),
        max_bytes=MAX_JPEG_BYTES,
        step=0,
    )


def place(number: int) -> str:
    """The message that tells the page its place in the line, from 1."""
    return _dump(type="place", place=number)


def frame_reply(sequence: int, progress: Progress) -> str:
    """The answer to a frame: where the face is, what to do, and how much is done.

    It never holds a score or a threshold, which would help an attacker to improve.
    """
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
    """Describe the cue that the page should show now. Later cues are not drawn yet."""
    if asked is None:
        return None
    return {
        "kind": LIGHT if isinstance(asked, ShownColour) else str(asked.cue.kind),
        "target": int(asked.colour) if isinstance(asked, ShownColour) else asked.cue.target,
        "reached": round(asked.reached, 2),
        "seconds_left": round(asked.seconds_left, 1),
    }


def verified(next_path: str) -> str:
    """The verdict of a success; `next_path` is where the page goes, empty if it stays."""
    return _dump(type="verdict", verified=True, next=next_path)


def refused(verdict: Verdict, retry_after: int) -> str:
    """The verdict of a failure; `retry_after` is in seconds, 0 if the voter may try at once."""
    return _dump(
        type="verdict", verified=False, reason=str(verdict.reason), retry_after=retry_after
    )


def _object(text: str) -> dict[str, Any]:
    """Parse a JSON object. Raises ProtocolError for anything else."""
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
    """Return what the page says about its camera, for officials to look at.

    It is no proof of anything, so only its shape is checked.
    """
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
