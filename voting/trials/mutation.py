"""Single random changes to a finished election. A verifier must name each of them.

A test tool. A forger changes lines, and may also repair the chain of hashes after that. A forger
who holds the board key, like the server itself, even signs the heads again. Such a forger could
reorder or drop events unnoticed unless a head was published elsewhere, so it makes only the changes
that the proofs reveal (COVERED_BY_PROOFS).
"""

from __future__ import annotations

import copy
import enum
import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voting.crypto import canonical, group
from voting.crypto.ballot import ballot_from_dict
from voting.crypto.board import heads
from voting.crypto.board.chain import BoardEventKind, Event, Tip
from voting.trials.changing import HEXADECIMAL, change_within

if TYPE_CHECKING:
    from collections.abc import Callable

    from voting.trials.simulation import SimulatedElection

Lines = list[dict[str, Any]]


class Change(enum.StrEnum):
    """What a forger does to the board file."""

    EDIT = "edit"
    INSERT = "insert"
    DELETE = "delete"
    SWAP = "swap"
    TRUNCATE = "truncate"
    REPLACE_PROOF = "replace-proof"
    SWAP_BALLOTS = "swap-ballots"
    CHANGE_RESULT = "change-result"
    CHANGE_SIGNATURE = "change-signature"
    CHANGE_PEOPLE = "change-people"


class Forger(enum.StrEnum):
    """What a forger can do besides changing lines."""

    CARELESS = "careless"
    MENDS_CHAIN = "mends-chain"
    HOLDS_BOARD_KEY = "holds-board-key"


# The changes that a verifier finds even if the forger holds the board key.
COVERED_BY_PROOFS = frozenset(
    {
        Change.INSERT,
        Change.TRUNCATE,
        Change.REPLACE_PROOF,
        Change.SWAP_BALLOTS,
        Change.CHANGE_RESULT,
        Change.CHANGE_SIGNATURE,
        Change.CHANGE_PEOPLE,
    }
)


@dataclass(frozen=True, slots=True)
class Mutation:
    """A changed board file. `line` counts from 1; `file` is its bytes."""

    change: Change
    forger: Forger
    line: int
    file: bytes


def mutate(election: SimulatedElection, seed: int) -> Mutation:
    """Change the election once, at random. The same seed makes the same change again."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable test tool
    while True:  # some changes do not fit every election
        change = chance.choice(list(Change))
        forgers = list(Forger) if change in COVERED_BY_PROOFS else list(Forger)[:2]
        forger = chance.choice(forgers)
        lines = [json.loads(event.line) for event in election.events]
        line = _CHANGES[change](lines, chance)
        if line is None:
            continue
        mended = _file(lines) if forger is Forger.CARELESS else _mend(lines, election, forger)
        if mended != election.file:
            return Mutation(change, forger, line + 1, mended)


def _edit(lines: Lines, chance: random.Random) -> int:
    """Change one value somewhere inside one event."""
    place = chance.randrange(len(lines))
    change_within(lines, place, chance, letters=f"{HEXADECIMAL}-")
    return place


def _insert(lines: Lines, chance: random.Random) -> int:
    """Insert a copy of an event somewhere after it."""
    original = chance.randrange(len(lines) - 1)
    place = chance.randrange(original + 1, len(lines))
    lines.insert(place, copy.deepcopy(lines[original]))
    return place


def _delete(lines: Lines, chance: random.Random) -> int:
    place = chance.randrange(len(lines))
    del lines[place]
    return place


def _swap(lines: Lines, chance: random.Random) -> int:
    first, second = sorted(chance.sample(range(len(lines)), 2))
    lines[first], lines[second] = lines[second], lines[first]
    return first


def _truncate(lines: Lines, chance: random.Random) -> int:
    length = chance.randrange(1, len(lines))
    del lines[length:]
    return length


def _replace_proof(lines: Lines, chance: random.Random) -> int:
    """Put a random scalar into a proof of a ballot or of a decryption: its form stays right."""
    place = chance.choice(
        _places(lines, BoardEventKind.BALLOT) + _places(lines, BoardEventKind.DECRYPTION)
    )
    body = lines[place]["body"]
    contests = body.get("ballot", body)["contests"]
    contest = chance.choice([one for one in contests if one.get("shares") != []])
    rows = contest.get("shares") or [*contest["proofs"], contest["sum"]]
    row = chance.choice(rows)
    start = 1 if "shares" in contest else 0  # a share begins with its point
    row[chance.randrange(start, len(row))] = group.scalar_to_hex(chance.randrange(group.ORDER))
    return place


def _swap_ballots(lines: Lines, chance: random.Random) -> int | None:
    """Exchange the ballots of two voters, and write each voter's credential into the new one."""
    places = _places(lines, BoardEventKind.BALLOT)
    if len(places) < 2:
        return None
    first, second = chance.sample(places, 2)
    left, right = lines[first]["body"], lines[second]["body"]
    left["ballot"], right["ballot"] = right["ballot"], left["ballot"]
    credentials = left["ballot"]["credential"], right["ballot"]["credential"]
    right["ballot"]["credential"], left["ballot"]["credential"] = credentials
    for body in (left, right):
        body["tracker"] = ballot_from_dict(body["ballot"]).tracker
    return min(first, second)


def _change_result(lines: Lines, chance: random.Random) -> int | None:
    """Invent a vote, or move one from another choice; or invent numbers that are withheld."""
    (place,) = _places(lines, BoardEventKind.RESULT)
    contest = chance.choice(lines[place]["body"]["contests"])
    if contest["counts"] is None:
        contest["counts"] = [1]
        return place
    counts = contest["counts"]
    winner = chance.randrange(len(counts))
    counts[winner] += 1
    losers = [other for other, count in enumerate(counts) if count and other != winner]
    if losers and chance.random() < 0.5:
        counts[chance.choice(losers)] -= 1
    return place


def _change_signature(lines: Lines, chance: random.Random) -> int | None:
    """Put a random scalar into the signature of a trustee, a registrar, a witness or a voter."""
    signed = [
        (place, signature)
        for place, line in enumerate(lines)
        if line["kind"] != BoardEventKind.HEAD
        for signature in _signatures(line["body"])
    ]
    if not signed:
        return None
    place, signature = chance.choice(signed)
    signature[chance.randrange(2)] = group.scalar_to_hex(chance.randrange(group.ORDER))
    return place


def _signatures(body: dict[str, Any]) -> list[list[str]]:
    one = [body["signature"]] if "signature" in body else []
    return [*one, *body.get("signatures", []), *body.get("ballot", {}).get("signatures", [])]


def _change_people(lines: Lines, chance: random.Random) -> int | None:
    """Let one official approve alone what the board says that two approved."""
    places = [place for place, line in enumerate(lines) if "approved_by" in line["body"]]
    if not places:
        return None
    place = chance.choice(places)
    names = lines[place]["body"]["approved_by"]
    names[1] = chance.choice([names[0], names[0].upper(), f"{names[0]} ", ""])
    return place


_CHANGES: dict[Change, Callable[[Lines, random.Random], int | None]] = {
    Change.EDIT: _edit,
    Change.INSERT: _insert,
    Change.DELETE: _delete,
    Change.SWAP: _swap,
    Change.TRUNCATE: _truncate,
    Change.REPLACE_PROOF: _replace_proof,
    Change.SWAP_BALLOTS: _swap_ballots,
    Change.CHANGE_RESULT: _change_result,
    Change.CHANGE_SIGNATURE: _change_signature,
    Change.CHANGE_PEOPLE: _change_people,
}


def _places(lines: Lines, kind: BoardEventKind) -> list[int]:
    return [place for place, line in enumerate(lines) if line["kind"] == kind]


def _file(lines: Lines) -> bytes:
    return b"".join(canonical.encode(line) + b"\n" for line in lines)


def _mend(lines: Lines, election: SimulatedElection, forger: Forger) -> bytes:
    """Number and chain the events again, and sign the heads again if the forger holds the key."""
    tip, written = Tip(), []
    for line in lines:
        event = Event(tip.count, tip.hash, line["kind"], line["hour"], line["body"])
        if forger is Forger.HOLDS_BOARD_KEY and line["kind"] == BoardEventKind.HEAD:
            fingerprint = election.manifest.fingerprint
            event = heads.head_event(election.board_key, fingerprint, tip, line["hour"])
        written.append(event.line + b"\n")
        tip = Tip.after(event)
    return b"".join(written)
