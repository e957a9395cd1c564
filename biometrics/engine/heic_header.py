"""Reads from a HEIC, the telephones' format, how large its pictures are, before it is decoded.

The file is a tree of boxes (ISO/IEC 14496-12). A large picture is a grid of tiles, and both name
their size in an `ispe` box.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from biometrics.engine.errors import ImageRefusalCode, ImageRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis"})
# Written by some programs in place of a brand of their own; the list of compatible brands then
# names one of them.
GENERAL_BRANDS = frozenset({b"mif1", b"mif2"})
# The way from the file to its sizes, with the bytes that each box has before its children.
WAY = ((b"meta", 4), (b"iprp", 0), (b"ipco", 0))
MAX_BOXES = 2000


def is_heic(data: bytes) -> bool:
    """Whether the file says that it is one."""
    if data[4:8] != b"ftyp":
        return False
    (length,) = struct.unpack_from(">I", data)
    first, others = data[8:12], data[16 : min(length, 256)]
    named = {others[at : at + 4] for at in range(0, len(others), 4)}
    return first in BRANDS or (first in GENERAL_BRANDS and not BRANDS.isdisjoint(named))


def largest_size(data: bytes) -> tuple[int, int]:
    """Return the largest width and the largest height that the file names, in pixels.

    Raises ImageRefused with BROKEN for a file that names none or whose boxes are damaged, and
    IndexError or struct.error for one that is cut short.
    """
    start, end = 0, len(data)
    for kind, skipped in WAY:
        inside = next((span for name, *span in _boxes(data, start, end) if name == kind), None)
        if inside is None:
            raise ImageRefused(ImageRefusalCode.BROKEN, f"no {kind.decode()} inside")
        start, end = inside[0] + skipped, inside[1]
    sizes = [
        struct.unpack_from(">II", data, at + 4)
        for name, at, _end in _boxes(data, start, end)
        if name == b"ispe"
    ]
    if not sizes:
        raise ImageRefused(ImageRefusalCode.BROKEN, "no size inside")
    return max(width for width, _height in sizes), max(height for _width, height in sizes)


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the name of each box with the start and the end of what it holds."""
    for _ in range(MAX_BOXES):
        if start >= end:
            return
        length, name = struct.unpack_from(">I4s", data, start)
        head = 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, start + 8)
            head = 16
        stop = start + length if length else end
        if stop > end or (length and length < head):
            raise ImageRefused(ImageRefusalCode.BROKEN, "a box is broken")
        yield name, start + head, stop
        start = stop
    raise ImageRefused(ImageRefusalCode.BROKEN, "too many boxes")
