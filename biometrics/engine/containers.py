"""Reads the headers of JPEG, PNG and WebP: what a picture claims to be, before it is decoded.

HEIC, whose file is a tree of boxes, is read in `heic_header`.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from biometrics.engine import heic_header
from biometrics.engine.errors import ImageRefusalCode, ImageRefused

if TYPE_CHECKING:
    from collections.abc import Iterator


class Format(StrEnum):
    """The file formats that are read."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    HEIC = "heic"


class Coding(StrEnum):
    """How a JPEG is coded; OTHER for the other formats."""

    BASELINE = "baseline"
    PROGRESSIVE = "progressive"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Header:
    """What the file says about its first picture; `width` and `height` are in pixels.

    `end` is the number of bytes that belong to it. Telephones append more: a second picture, a
    film, a map of brightness, notes of their own. `inks` says that the colours are mixed of four
    printing inks (CMYK).
    """

    format: Format
    width: int
    height: int
    coding: Coding = Coding.OTHER
    end: int = 0
    inks: bool = False


def read_header(data: bytes) -> Header:
    """Return the header of a file's first picture.

    The structure of the file is read to the end of that picture; what follows it is not looked at.
    Raises ImageRefused with WRONG_FORMAT for anything other than a JPEG, PNG, WebP or HEIC, with
    ANIMATED for a moving picture, and with BROKEN for a file that is damaged or cut short.
    """
    try:
        if data.startswith(b"\xff\xd8"):
            return _jpeg(data)
        if data.startswith(PNG_SIGNATURE):
            return _png(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
        if heic_header.is_heic(data):
            return Header(Format.HEIC, *heic_header.largest_size(data), end=len(data))
    except (IndexError, struct.error):
        raise ImageRefused(ImageRefusalCode.BROKEN, "cut short") from None
    raise ImageRefused(ImageRefusalCode.WRONG_FORMAT, "neither JPEG, PNG, WebP nor HEIC")


# The functions below raise ImageRefused. If they read beyond the end of the file they raise
# IndexError or struct.error, which `read_header` turns into ImageRefused.

# Inside a scan, 0xFF is followed by a zero or is part of a restart marker. Any other marker ends
# the scan.
_SCAN_END = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_FRAME_HEADERS = {0xC0: Coding.BASELINE, 0xC1: Coding.BASELINE, 0xC2: Coding.PROGRESSIVE}
_OTHER_FRAME_HEADERS = {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
# A progressive picture needs about ten scans. Thousands of scans would keep a decoder busy.
_MAX_SCANS = 64


def _jpeg(data: bytes) -> Header:
    header: Header | None = None
    scans, length = 0, 0
    for marker, body, end in _jpeg_segments(data):
        length = end
        if marker in _OTHER_FRAME_HEADERS:
            raise ImageRefused(ImageRefusalCode.WRONG_FORMAT, "lossless or arithmetic coding")
        if marker in _FRAME_HEADERS:
            if header is not None:
                raise ImageRefused(ImageRefusalCode.BROKEN, "two frame headers")
            header = _frame_header(body, _FRAME_HEADERS[marker])
        elif marker == _START_OF_SCAN:
            scans += 1
    if header is None or not scans:
        raise ImageRefused(ImageRefusalCode.BROKEN, "no picture inside")
    if scans > _MAX_SCANS:
        raise ImageRefused(ImageRefusalCode.WRONG_FORMAT, f"{scans} scans")
    return replace(header, end=length)


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Yield the marker, the body and the end of each segment of the first picture.

    The entropy-coded data of the scans is skipped. The last segment is the end of the picture.
    """
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ImageRefused(ImageRefusalCode.BROKEN, "a marker is missing")
        while data[at] == 0xFF:
            at += 1
        marker = data[at]
        at += 1
        if marker == _END_OF_IMAGE:
            yield marker, b"", at
            return
        (length,) = struct.unpack_from(">H", data, at)
        if length < 2 or at + length > len(data) or marker < 0xC0:
            raise ImageRefused(ImageRefusalCode.BROKEN, "a segment is broken")
        yield marker, data[at + 2 : at + length], at + length
        at += length
        if marker == _START_OF_SCAN:
            end = _SCAN_END.search(data, at)
            if end is None:
                raise ImageRefused(ImageRefusalCode.BROKEN, "cut short")
            at = end.start()


def _frame_header(body: bytes, coding: Coding) -> Header:
    precision, height, width, components = struct.unpack_from(">BHHB", body)
    if precision != 8 or components not in {1, 3, 4} or len(body) != 6 + 3 * components:
        raise ImageRefused(ImageRefusalCode.WRONG_FORMAT, "not 8-bit grey, colour or CMYK")
    return Header(Format.JPEG, width, height, coding, inks=components == 4)


PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_COLOUR_TYPES = {0, 2, 3, 4, 6}


def _png(data: bytes) -> Header:
    at = len(PNG_SIGNATURE)
    header: Header | None = None
    while True:
        length, kind = struct.unpack_from(">I4s", data, at)
        body = at + 8
        at = body + length + 4
        if at > len(data) or (header is None) != (kind == b"IHDR"):
            raise ImageRefused(ImageRefusalCode.BROKEN, "a chunk is broken")
        if kind == b"IHDR":
            header = _png_header(data[body : body + length])
        elif kind in {b"acTL", b"fcTL", b"fdAT"}:
            raise ImageRefused(ImageRefusalCode.ANIMATED)
        elif kind == b"IEND":
            break
    if header is None:
        raise ImageRefused(ImageRefusalCode.BROKEN, "no picture inside")
    return replace(header, end=at)


def _png_header(body: bytes) -> Header:
    width, height, depth, colour = struct.unpack_from(">IIBB", body)
    if depth not in {1, 2, 4, 8, 16} or colour not in _PNG_COLOUR_TYPES:
        raise ImageRefused(ImageRefusalCode.BROKEN, "an unknown kind of PNG")
    return Header(Format.PNG, width, height)


_WEBP_ANIMATED = 0x02


def _webp(data: bytes) -> Header:
    (size,) = struct.unpack_from("<I", data, 4)
    if size + 8 > len(data):
        raise ImageRefused(ImageRefusalCode.BROKEN, "cut short")
    return replace(_webp_picture(data[: size + 8]), end=size + 8)


def _webp_picture(data: bytes) -> Header:
    match data[12:16]:
        case b"VP8 ":
            return _webp_lossy(data, 20)
        case b"VP8L":
            return _webp_lossless(data, 20)
        case b"VP8X":
            return _webp_extended(data)
        case _:
            raise ImageRefused(ImageRefusalCode.BROKEN, "an unknown kind of WebP")


def _webp_extended(data: bytes) -> Header:
    if data[20] & _WEBP_ANIMATED:
        raise ImageRefused(ImageRefusalCode.ANIMATED)
    width = int.from_bytes(data[24:27], "little") + 1
    height = int.from_bytes(data[27:30], "little") + 1
    at = 30
    while at < len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        if kind in {b"VP8 ", b"VP8L"}:
            read = _webp_lossy if kind == b"VP8 " else _webp_lossless
            inner = read(data, at + 8)
            if (inner.width, inner.height) != (width, height):
                raise ImageRefused(ImageRefusalCode.BROKEN, "two sizes")
            return inner
        if kind == b"ANMF":
            raise ImageRefused(ImageRefusalCode.ANIMATED)
        at += 8 + length + length % 2
    raise ImageRefused(ImageRefusalCode.BROKEN, "no picture inside")


def _webp_lossy(data: bytes, at: int) -> Header:
    if data[at + 3 : at + 6] != b"\x9d\x01\x2a":
        raise ImageRefused(ImageRefusalCode.BROKEN, "no key frame")
    width, height = struct.unpack_from("<HH", data, at + 6)
    return Header(Format.WEBP, width & 0x3FFF, height & 0x3FFF)


def _webp_lossless(data: bytes, at: int) -> Header:
    if data[at] != 0x2F:
        raise ImageRefused(ImageRefusalCode.BROKEN, "no lossless signature")
    (bits,) = struct.unpack_from("<I", data, at + 1)
    return Header(Format.WEBP, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
