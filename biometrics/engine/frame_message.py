"""A frame's message on the verification socket, as its sender and its receiver need it.

Sixteen bytes, big-endian, stand before the JPEG: version, step, two bytes of zero, sequence number
and the sender's clock in milliseconds. docs/protocol.md describes the whole protocol.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

VERSION = 1
HEADER = struct.Struct(">BBHIQ")
MAX_JPEG_BYTES = 200 * 1024
JPEG_START = b"\xff\xd8\xff"
# The kind that replies give to the part with coloured light; movements go by their own kinds.
LIGHT = "light"


@dataclass(frozen=True, slots=True)
class FrameMessage:
    """One JPEG with its place in the stream.

    `step` is the cue that the sender showed, 0 to 255; `sent_ms` is the sender's own clock.
    """

    step: int
    sequence: int
    sent_ms: int
    jpeg: bytes

    def to_bytes(self) -> bytes:
        """The message as it is sent; raises struct.error for a number too large for its field."""
        return HEADER.pack(VERSION, self.step, 0, self.sequence, self.sent_ms) + self.jpeg
