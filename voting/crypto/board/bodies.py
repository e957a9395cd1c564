"""The bodies of the board's events. docs/cryptography.md, section 7, has the table.

Those of the count are written by tally.py and decryption.py, a witness's by witnesses.py.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from voting.crypto import text
from voting.crypto.roll import roll_to_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from voting.crypto.ballot import Ballot
    from voting.crypto.manifest import Manifest
    from voting.crypto.proofs import Proof
    from voting.crypto.roll import RollEntry


class ApprovalInvalidError(ValueError):
    """Two officials that the board cannot name: not plain, or hard to tell apart."""


def approved_by(officials: Iterable[str]) -> list[str]:
    """The public pseudonyms of the two officials who approved something, sorted.

    Raises ApprovalInvalidError unless they are two plain texts that differ also after NFKC and
    case folding.
    """
    names = sorted(officials)
    if len(names) != 2 or not all(text.is_plain(name, text.MAX_NAME) for name in names):
        raise ApprovalInvalidError("two officials are named by plain texts")
    if len({unicodedata.normalize("NFKC", name).casefold() for name in names}) != 2:
        raise ApprovalInvalidError("two officials have different pseudonyms")
    return names


def open_body(manifest: Manifest, roll: Iterable[RollEntry]) -> dict[str, Any]:
    """The body of the event `open`."""
    return {"manifest": manifest.to_dict(), "roll": roll_to_list(roll)}


def endorse_body(trustee: int, signature: Proof) -> dict[str, Any]:
    """The body of the event `endorse`: trustee number `trustee` has signed the fingerprint."""
    return {"signature": signature.to_list(), "trustee": trustee}


def waive_body(trustees: Iterable[int], officials: Iterable[str]) -> dict[str, Any]:
    """The body of the event `waive`: the election goes on without these trustees' endorsement."""
    return {"approved_by": approved_by(officials), "trustees": sorted(trustees)}


def roll_body(
    *,
    add: Iterable[RollEntry],
    remove: Iterable[str],
    officials: Iterable[str],
    new_hash: str,
    signatures: Sequence[Proof] = (),
) -> dict[str, Any]:
    """The body of the event `roll`: credentials removed, then entries added.

    `new_hash` is the `roll_hash` of the roll after it. `signatures` are the registrars', if entries
    are added and there are registrars.
    """
    return {
        "add": roll_to_list(add),
        "approved_by": approved_by(officials),
        "remove": sorted(remove),
        "roll": new_hash,
        "signatures": [signature.to_list() for signature in signatures],
    }


def override_body(number: int, officials: Iterable[str]) -> dict[str, Any]:
    """The body of the event `override`: the `number`-th face step that two officials replaced."""
    return {"approved_by": approved_by(officials), "number": number}


def extend_body(closes: str, officials: Iterable[str]) -> dict[str, Any]:
    """The body of the event `extend`: the election closes at this later moment."""
    return {"approved_by": approved_by(officials), "closes": closes}


def ballot_body(ballot: Ballot, supersedes: str | None) -> dict[str, Any]:
    """The body of the event `ballot`.

    `supersedes` is the tracker of the voter's ballot before, or None for the first one.
    """
    return {"ballot": ballot.to_dict(), "supersedes": supersedes, "tracker": ballot.tracker}


def spoil_body(tracker: str) -> dict[str, Any]:
    """The body of the event `spoil`: the ballot with this tracker can no longer be cast."""
    return {"tracker": tracker}


def close_body(*, ballots: int, counted: int) -> dict[str, Any]:
    """The body of the event `close`: all ballots cast, and the voters who cast them."""
    return {"ballots": ballots, "counted": counted}


def forget_body(voters: int, officials: Iterable[str]) -> dict[str, Any]:
    """The body of the event `forget`: nobody can link persons and credentials any more."""
    return {"approved_by": approved_by(officials), "voters": voters}
