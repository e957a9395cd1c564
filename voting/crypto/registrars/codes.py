"""A registrar's code for one voter: the signs on paper, and the secret that follows from it.

docs/cryptography.md, section 4, "Codes of the registrars".
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Final

from voting.crypto import group
from voting.crypto.tracker import ALPHABET, READ_AS

CODE_BYTES: Final = 16
SIGNS: Final = 26  # 130 bits, the first two of which are zero
CHECK_SIGNS: Final = 2
GROUP: Final = 4

_SIGNS = re.compile(rf"[{ALPHABET}]{{{SIGNS + CHECK_SIGNS}}}")


class CodeInvalidError(ValueError):
    """A typed text that is no code, or one with a slip: the check signs do not fit."""


def new_code() -> bytes:
    """16 random bytes from the operating system."""
    return secrets.token_bytes(CODE_BYTES)


def written(code: bytes) -> str:
    """The code as people see it: seven groups of four signs."""
    number = int.from_bytes(code, "big") << 10 | _check(code)
    length = SIGNS + CHECK_SIGNS
    signs = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))
    return "-".join(signs[start : start + GROUP] for start in range(0, length, GROUP))


def read(typed: str) -> bytes:
    """The 16 bytes of a typed code. Raises CodeInvalidError.

    Small letters count as large ones, O as 0, I and L as 1; spaces and hyphens are passed over.
    """
    signs = re.sub(r"[\s-]", "", typed).upper().translate(READ_AS)
    if not _SIGNS.fullmatch(signs):
        raise CodeInvalidError("a code has 28 letters and digits")
    number = 0
    for sign in signs:
        number = number << 5 | ALPHABET.index(sign)
    value, check = divmod(number, 1 << 10)
    if value >> 8 * CODE_BYTES:
        raise CodeInvalidError("a code begins with a digit from 0 to 7")
    code = value.to_bytes(CODE_BYTES, "big")
    if check != _check(code):
        raise CodeInvalidError("the last two signs do not fit the others")
    return code


def voter_secret(election: str, index: int, code: bytes) -> int:
    """The scalar s behind the voter's point, from the code of registrar number `index`.

    `election` is the election's id.
    """
    return group.hash_to_scalar("facevote-2/credential", election, group.u64(index), code)


def _check(code: bytes) -> int:
    digest = hashlib.sha256(b"facevote-2/code" + code).digest()
    return int.from_bytes(digest[:2], "big") >> 6
