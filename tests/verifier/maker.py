"""A board of format 2, made event by event, so that a test can spoil any part of it.

It is made with the arithmetic of the verifier, but from the document's words of what others do.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING

from tests.verifier.keys import HeldKey, hold_ceremony
from tests.verifier.made_ballots import make_ballot, tracker_of
from tests.verifier.shapes import Shape, Voter, asks, hold_keys, manifest_of, nothing
from verifier.rules.group import (
    IDENTITY,
    ORDER,
    base,
    lagrange,
    multiply,
    random_scalar,
    subtract,
    total,
)
from verifier.rules.proofs import prove_decryption, sign
from verifier.rules.strict import dump, sha, sha256

if TYPE_CHECKING:
    from tests.verifier.shapes import Edit, Json
    from verifier.rules.group import Part

HOUR = "2026-11-24T09:00Z"
OFFICIALS = ["official-1", "official-2"]


class Maker:
    """An election in the making. The methods append events; `file` is the board file."""

    def __init__(self, shape: Shape | None = None) -> None:
        self.shape = shape or Shape()
        self.key: HeldKey = hold_ceremony(
            self.shape.threshold, self.shape.trustees, self.shape.mode
        )
        held = hold_keys(self.shape)
        self.board_secret = held.board
        self.registrars, self.witnesses = held.registrars, held.witnesses
        self.voters = [self.voter(f"voter-{n}", group) for n, group in enumerate(self.shape.voters)]
        self.roll = sorted(voter.row() for voter in self.voters)
        self.shape.edit_roll(self.roll)
        self.manifest = manifest_of(self.shape, self.key, held, self.voters, self.roll)
        self.shape.edit_manifest(self.manifest)
        self.lines: list[bytes] = []
        self.hour = HOUR
        self.last: dict[str, Json] = {}  # the last ballot of each credential
        self.trackers: dict[str, str] = {}
        self.cast_count = 0
        self.close_hash = ""
        self.sums: dict[str, list[tuple[bytes, bytes]]] = {}

    @property
    def fingerprint(self) -> str:
        return sha256(dump(self.manifest))

    @property
    def finger(self) -> bytes:
        return bytes.fromhex(self.fingerprint)

    @property
    def file(self) -> bytes:
        return b"".join(line + b"\n" for line in self.lines)

    @property
    def public(self) -> bytes:
        return bytes.fromhex(self.manifest["key"]["public_key"])

    def hash_of(self, count: int) -> str:
        """The hash of event number count - 1."""
        return sha256(self.lines[count - 1])

    def voter(self, name: str, group: str = "") -> Voter:
        drawn = [random_scalar() for _ in self.registrars]
        return Voter(name, group, self.shape.voter_secrets.get(name, drawn))

    def add(self, kind: str, body: Json, edit: Edit = nothing) -> Json:
        """Append an event, whose body `edit` may spoil before."""
        body = copy.deepcopy(body)
        edit(body)
        event = {
            "body": body,
            "hour": self.hour,
            "kind": kind,
            "prev": self.hash_of(len(self.lines)) if self.lines else "0" * 64,
            "seq": len(self.lines),
        }
        self.lines.append(dump(event))
        return body

    def open(self, edit: Edit = nothing) -> Maker:
        self.add("open", {"manifest": self.manifest, "roll": self.roll}, edit)
        return self

    def opened(self) -> Maker:
        """The board with everybody's endorsement, ready for ballots."""
        self.open()
        self.head()
        if self.shape.mode == "trustees":
            for index in range(1, self.shape.trustees + 1):
                self.endorse(index)
        return self

    def voted(self) -> Maker:
        self.opened()
        for number, voter in enumerate(self.voters):
            self.cast(voter, self.choice(voter, number))
        return self

    def closed(self) -> Maker:
        self.voted().close()
        self.head()
        for index in range(1, self.shape.quorum + 1):
            self.witness(index)
        return self

    def tallied(self) -> Maker:
        self.closed().tally()
        return self

    def finished(self) -> Maker:
        self.tallied()
        chosen = list(range(1, self.shape.threshold + 1))
        for index in chosen:
            self.decrypt(index)
        self.result(chosen)
        self.head()
        return self

    def choice(self, voter: Voter, number: int) -> dict[str, str]:
        """A valid selection for each contest that this voter has."""
        answers = {"c1": ("100", "010", "001")[number % 3], "c2": ("10", "01", "00")[number % 3]}
        asked = [one for one in self.manifest["contests"] if asks(one, voter.group)]
        return {one["id"]: answers[one["id"]] for one in asked}

    def endorse(self, index: int, edit: Edit = nothing) -> None:
        secret = self.key.shares[index - 1]
        signature = sign(secret, "facevote-2/endorsement", self.finger, index)
        self.add("endorse", {"signature": signature, "trustee": index}, edit)

    def waive(self, indexes: list[int], edit: Edit = nothing) -> None:
        self.add("waive", {"approved_by": OFFICIALS, "trustees": indexes}, edit)

    def override(self, number: int, edit: Edit = nothing) -> None:
        self.add("override", {"approved_by": OFFICIALS, "number": number}, edit)

    def extend(self, closes: str, edit: Edit = nothing) -> None:
        self.add("extend", {"approved_by": OFFICIALS, "closes": closes}, edit)

    def forget(self, edit: Edit = nothing) -> None:
        self.add("forget", {"approved_by": OFFICIALS, "voters": len(self.roll)}, edit)

    def change_roll(self, added: list[Voter], removed: list[Voter], edit: Edit = nothing) -> None:
        """A roll change with the registrars' signatures."""
        gone = sorted(voter.credential for voter in removed)
        rows = sorted(voter.row() for voter in added)
        self.roll = sorted([row for row in self.roll if row[0] not in gone] + rows)
        body = {
            "add": rows,
            "approved_by": OFFICIALS,
            "remove": gone,
            "roll": sha256(dump({"format": "facevote-roll-2", "voters": self.roll})),
            "signatures": [
                self.change_signature(index, added, gone) for index in range(len(self.registrars))
            ]
            if added
            else [],
        }
        self.add("roll", body, edit)

    def change_signature(self, index: int, added: list[Voter], gone: list[str]) -> list[str]:
        points = sorted(voter.points[index] for voter in added)
        change = sha({"add": points, "format": "facevote-change-2", "remove": gone})
        parts = (self.finger, index + 1, change)
        return sign(self.registrars[index], "facevote-2/registrar-change", *parts)

    def ballot(self, voter: Voter, selections: dict[str, str]) -> Json:
        """A ballot of this voter, which is on no board yet."""
        return make_ballot(self.manifest, voter, selections)

    def cast(self, voter: Voter, selections: dict[str, str], edit: Edit = nothing) -> Json:
        """Cast a ballot; returns the body of its event."""
        return self.put(voter, self.ballot(voter, selections), edit)

    def put(self, voter: Voter, ballot: Json, edit: Edit = nothing) -> Json:
        """Put a ballot that is made already onto the board."""
        tracker = tracker_of(ballot)
        before = self.trackers.get(voter.credential)
        body = {"ballot": ballot, "supersedes": before, "tracker": tracker}
        self.last[voter.credential], self.trackers[voter.credential] = ballot, tracker
        self.cast_count += 1
        return self.add("ballot", body, edit)

    def spoil(self, tracker: str) -> None:
        self.add("spoil", {"tracker": tracker})

    def close(self, edit: Edit = nothing) -> None:
        self.add("close", {"ballots": self.cast_count, "counted": len(self.last)}, edit)
        self.close_hash = self.hash_of(len(self.lines))

    def tally(self, edit: Edit = nothing) -> None:
        contests = []
        for one in self.manifest["contests"]:
            rows = self._rows(one["id"])
            size = len(one["choices"]) + one["blank"]
            columns = list(zip(*rows, strict=True)) if rows else [()] * size
            sums = [
                (total([IDENTITY, *(a for a, _ in col)]), total([IDENTITY, *(b for _, b in col)]))
                for col in columns
            ]
            self.sums[one["id"]] = sums
            hexed = [[a.hex(), b.hex()] for a, b in sums]
            contests.append({"counted": len(rows), "id": one["id"], "sums": hexed})
        self.add("tally", {"contests": contests, "counted": len(self.last)}, edit)

    def withheld(self, contest_id: str) -> bool:
        return bool(0 < len(self._rows(contest_id)) < self.manifest["least"])

    def decrypt(self, index: int, edit: Edit = nothing) -> None:
        contests = [
            {"id": one["id"], "shares": self.shares(one["id"], index)}
            for one in self.manifest["contests"]
        ]
        self.add("decryption", {"contests": contests, "trustee": index}, edit)

    def shares(self, contest_id: str, index: int, *, withheld: bool = False) -> list[list[str]]:
        """A trustee's shares of one contest, even of one that is `withheld`."""
        if self.withheld(contest_id) and not withheld:
            return []
        secret = self.key.shares[index - 1]
        made = []
        for position, pair in enumerate(self.sums[contest_id]):
            place = (contest_id, position, index, self.public, base(secret))
            close = bytes.fromhex(self.close_hash)
            statement: list[Part] = ["facevote-2/decryption", self.finger, close, *place]
            made.append(prove_decryption(secret, pair, statement))
        return made

    def result(self, chosen: list[int], edit: Edit = nothing) -> None:
        contests = []
        for one in self.manifest["contests"]:
            numbers = self._numbers(one["id"], chosen)
            if self.withheld(one["id"]):
                contests.append({"blank": None, "counts": None, "id": one["id"]})
                continue
            blank = numbers.pop() if one["blank"] else None
            contests.append({"blank": blank, "counts": numbers, "id": one["id"]})
        body = {"contests": contests, "counted": len(self.last), "trustees": chosen}
        self.add("result", body, edit)

    def head(self, edit: Edit = nothing) -> None:
        count = len(self.lines)
        self.add("head", {"signature": self.head_signature(count, self.hash_of(count))}, edit)

    def head_signature(self, count: int, last: str) -> list[str]:
        parts = (self.finger, count, bytes.fromhex(last), self.hour)
        return sign(self.board_secret, "facevote-2/head", *parts)

    def published_head(self, count: int, last: str | None = None) -> Json:
        """A head that was published elsewhere than on the board."""
        last = last or self.hash_of(count)
        value = {"count": count, "election": self.fingerprint, "format": "facevote-head-2"}
        signature = self.head_signature(count, last)
        return value | {"hash": last, "hour": self.hour, "signature": signature}

    def witness_body(self, index: int, count: int, last: str | None = None) -> Json:
        last = last or self.hash_of(count)
        parts = (self.finger, count, bytes.fromhex(last), self.hour)
        signature = sign(self.witnesses[index - 1], "facevote-2/witness", *parts)
        about = {"count": count, "hash": last, "hour": self.hour}
        return about | {"signature": signature, "witness": index}

    def witness(self, index: int, count: int | None = None, edit: Edit = nothing) -> None:
        self.add("witness", self.witness_body(index, count or len(self.lines)), edit)

    def receipt(self, seq: int) -> Json:
        """The receipt of the ballot that is event number `seq`."""
        event = json.loads(self.lines[seq])
        head = self.published_head(seq + 1)
        return {"event": event, "format": "facevote-receipt-2", "head": head}

    def _rows(self, contest_id: str) -> list[list[tuple[bytes, bytes]]]:
        return [
            [(bytes.fromhex(a), bytes.fromhex(b)) for a, b in answer["ciphertexts"]]
            for ballot in self.last.values()
            for answer in ballot["contests"]
            if answer["id"] == contest_id
        ]

    def _numbers(self, contest_id: str, chosen: list[int]) -> list[int]:
        key = sum(lagrange(j, chosen) * self.key.shares[j - 1] for j in chosen) % ORDER
        known = {base(number): number for number in range(self.cast_count + 1)}
        return [known[subtract(b, multiply(key, a))] for a, b in self.sums[contest_id]]
