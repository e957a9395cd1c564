"""The tracker of a ballot names what was encrypted; its short form is what people compare.

docs/cryptography.md, section 4.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from voting.crypto import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from voting.crypto.elgamal import Ciphertext

FORMAT: Final = "facevote-tracker-2"

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SHORT_BYTES: Final = 15  # 120 bits: finding two ballots with the same short form takes 2^60 tries
GROUP: Final = 4

READ_AS: Final = str.maketrans("OIL", "011")
_SHORT = re.compile(rf"[{ALPHABET}]{{24}}")


def tracker_of(
    election: str, credential: str, contests: Iterable[tuple[str, Sequence[Ciphertext]]]
) -> str:
    """The tracker, 64 hexadecimal digits, of these ciphertexts of each contest's id.

    `election` is the manifest's fingerprint.
    """
    return canonical.sha(
        {
            "contests": [
                {"ciphertexts": [item.to_list() for item in ciphertexts], "id": contest}
                for contest, ciphertexts in contests
            ],
            "credential": credential,
            "election": election,
            "format": FORMAT,
        }
    )


def human(tracker_hex: str) -> str:
    """The short form `2WK7-…` of a tracker: six groups of four digits in Crockford's base 32.

    Takes 64 hexadecimal digits. Raises ValueError for a text that is not hexadecimal.
    """
    number = int.from_bytes(bytes.fromhex(tracker_hex)[:SHORT_BYTES], "big")
    length = SHORT_BYTES * 8 // 5
    text = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))
    return "-".join(text[start : start + GROUP] for start in range(0, length, GROUP))


def prefix_of(text: str) -> str | None:
    """What the tracker meant by a typed text begins with, in hexadecimal; None for other texts.

    Reads the whole tracker (64 digits are returned) and its short form (30 digits), also with
    small letters, spaces, O typed for 0, and I or L typed for 1.
    """
    plain = re.sub(r"[\s-]", "", text)
    if re.fullmatch(r"[0-9a-f]{64}", plain.lower()):
        return plain.lower()
    short = plain.upper().translate(READ_AS)
    if not _SHORT.fullmatch(short):
        return None
    number = 0
    for letter in short:
        number = number << 5 | ALPHABET.index(letter)
    return number.to_bytes(SHORT_BYTES, "big").hex()
