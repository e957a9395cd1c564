"""A voter's code: the signs on paper, and the secret and the point that follow from it.

docs/cryptography.md, section 4.
"""

from __future__ import annotations

import hashlib
import re
import secrets

from verifier.rules.group import base, challenge
from verifier.rules.manifest import ALPHABET
from verifier.rules.strict import require

LENGTH = 16  # bytes of a code
SIGNS = 28  # 26 of the code and 2 to check it
LIKENED = str.maketrans("OIL", "011")


def draw_code() -> bytes:
    """A new code from the operating system's randomness."""
    return secrets.token_bytes(LENGTH)


def write_code(code: bytes) -> str:
    """The code as people see it: seven groups of four signs."""
    number = int.from_bytes(code, "big") << 10 | _check_bits(code)
    signs = [ALPHABET[number >> shift & 31] for shift in range(5 * SIGNS - 5, -1, -5)]
    return "-".join("".join(signs[start : start + 4]) for start in range(0, SIGNS, 4))


def read_code(typed: str) -> bytes:
    """The code that people have typed. Raises Problem if it has a wrong sign."""
    signs = re.sub(r"[\s-]", "", typed).upper().translate(LIKENED)
    right = len(signs) == SIGNS and all(sign in ALPHABET for sign in signs)
    require(right, f"a code has {SIGNS} letters and digits, without U")
    number = 0
    for sign in signs:
        number = number << 5 | ALPHABET.index(sign)
    require(number >> 10 < 1 << 8 * LENGTH, "a code begins with a digit from 0 to 7")
    code = (number >> 10).to_bytes(LENGTH, "big")
    require(number & 1023 == _check_bits(code), "the code's last two signs do not fit: a slip?")
    return code


def point_of(code: bytes, election: str, index: int) -> str:
    """The voter's point P of registrar number `index`, in 64 digits."""
    return base(challenge("facevote-2/credential", election, index, code)).hex()


def _check_bits(code: bytes) -> int:
    digest = hashlib.sha256(b"facevote-2/code" + code).digest()
    return int.from_bytes(digest[:2], "big") >> 6
