"""What a registrar hands to the server: points and signatures, never codes.

docs/cryptography.md, section 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.rules.proofs import sign
from verifier.rules.strict import sha

if TYPE_CHECKING:
    from verifier.registering.codes_file import CodesFile, Holder
    from verifier.rules.strict import Json


def points_message(codes: CodesFile) -> Json:
    """The points of all voters of the opening roll, and the signature of them."""
    rows = [[voter.number, codes.newest_point(voter)] for voter in codes.voters]
    points = sorted(point for _number, point in rows)
    listed = sha({"format": "facevote-points-2", "points": points})
    parts = (codes.election, codes.index, listed)
    return {
        "election": codes.election,
        "format": "facevote-registrar-2",
        "index": codes.index,
        "key": codes.key,
        "points": sorted(rows),
        "signature": sign(codes.secret, "facevote-2/registrar-roll", *parts),
    }


def change_message(
    codes: CodesFile, fingerprint: str, added: list[Holder], removed: list[str]
) -> Json:
    """The new points of a roll change, the credentials that go, and the signature of both."""
    rows = sorted([voter.number, codes.newest_point(voter)] for voter in added)
    change = {
        "add": sorted(point for _number, point in rows),
        "format": "facevote-change-2",
        "remove": sorted(removed),
    }
    parts = (bytes.fromhex(fingerprint), codes.index, sha(change))
    return {
        "add": rows,
        "election": codes.election,
        "fingerprint": fingerprint,
        "format": "facevote-registrar-change-2",
        "index": codes.index,
        "key": codes.key,
        "remove": sorted(removed),
        "signature": sign(codes.secret, "facevote-2/registrar-change", *parts),
    }
