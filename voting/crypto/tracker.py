"""The tracker of a ballot: the hash of its bytes, and the short form that people compare."""

from __future__ import annotations

import hashlib
import re
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SHORT_BYTES: Final = 15  # 120 bits: two ballots with one short form cost 2^60 attempts
GROUP: Final = 4

_READ_AS = str.maketrans("OIL", "011")
_SHORT = re.compile(rf"[{ALPHABET}]{{24}}")


def tracker(ballot: bytes) -> str:
    return hashlib.sha256(ballot).hexdigest()


def human(tracker_hex: str) -> str:
    """`2WK7-…`: six groups of four in Crockford's base 32."""
    number = int.from_bytes(bytes.fromhex(tracker_hex)[:SHORT_BYTES], "big")
    length = SHORT_BYTES * 8 // 5
    text = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))
    return "-".join(text[start : start + GROUP] for start in range(0, length, GROUP))


def prefix_of(text: str) -> str | None:
    """The beginning of the tracker that this typed text names, in hexadecimal, or None.

    Takes the short form as people type it (small letters, spaces, O for 0) and the whole tracker.
    """
    plain = re.sub(r"[\s-]", "", text)
    if re.fullmatch(r"[0-9a-f]{64}", plain.lower()):
        return plain.lower()
    short = plain.upper().translate(_READ_AS)
    if not _SHORT.fullmatch(short):
        return None
    number = 0
    for letter in short:
        number = number << 5 | ALPHABET.index(letter)
    return number.to_bytes(SHORT_BYTES, "big").hex()
