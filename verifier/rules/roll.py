"""The roll: who may vote, and how that changes. docs/cryptography.md, sections 3 and 7."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.rules.contest import MAX_GROUP
from verifier.rules.group import read_point
from verifier.rules.proofs import check_signature
from verifier.rules.strict import HEX, ID, dump, items, keys, require, sha, sha256, text
from verifier.rules.texts import NAME, officials, old_text, plain_text

if TYPE_CHECKING:
    from collections.abc import Collection

    from verifier.rules.manifest import Manifest
    from verifier.rules.strict import Json

MAX_VOTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A voter. `points` has this voter's point of each registrar, in 64 digits."""

    alias: str
    group: str
    points: tuple[str, ...]
    row: Json


class Roll:
    """The voters by credential. The methods raise Problem or another of FAULTS."""

    def __init__(self, manifest: Manifest) -> None:
        self.entries: dict[str, Entry] = {}
        self.changes = 0
        self._manifest = manifest
        self._used: set[str] = set()  # every credential and point that ever was on the roll

    def open(self, value: Json) -> None:
        """The opening roll, with the registrars' signatures."""
        self._add(self._read_rows(value))
        require(self._hash() == self._manifest.roll, "the roll has another hash")
        for index, registrar in enumerate(self._manifest.registrars):
            points = sorted(entry.points[index] for entry in self.entries.values())
            listed = sha({"format": "facevote-points-2", "points": points})
            tag = self._manifest.tag("registrar-roll")
            parts = (self._manifest.id, index + 1, listed)
            check_signature(registrar.signature, registrar.key, tag, *parts)

    def change(self, body: Json, voted: Collection[str]) -> None:
        """A `roll` event: rows are removed first, then added."""
        number = self._manifest.number
        keys(body, "add approved_by remove roll" + (" signatures" if number == 2 else ""))
        officials(body["approved_by"], number)
        added = self._read_rows(body["add"])
        removed = [text(item, ID) for item in items(body["remove"], 0, MAX_VOTERS)]
        require(removed == sorted(set(removed)), "what is removed is not sorted or repeats")
        require(added or removed, "a change of nothing")
        for credential in removed:
            require(credential in self.entries, "removes one who is not on the roll")
            require(credential not in voted, "removes one who has cast a ballot")
            del self.entries[credential]
        self._add(added)
        require(self._hash() == text(body["roll"], HEX), "the roll has another hash")
        if number == 2:
            self._check_signatures(body["signatures"], added, removed)
        self.changes += 1

    def _read_rows(self, value: Json) -> dict[str, Entry]:
        rows = items(value, 0, MAX_VOTERS)
        read = self._read_row_1 if self._manifest.number == 1 else self._read_row_2
        found = [read(row) for row in rows]
        credentials = [row[0] for row in rows]
        in_order = credentials == sorted(set(credentials))
        require(in_order, "the roll is not sorted, or somebody is twice on it")
        return dict(zip(credentials, found, strict=True))

    def _read_row_1(self, value: Json) -> Entry:
        credential, alias = items(value, 2, 2)
        text(credential, ID)
        read = old_text(alias, NAME) if alias != "" else ""
        return Entry(self._shown(read), "", (), value)

    def _read_row_2(self, value: Json) -> Entry:
        credential, alias, group, others = items(value, 4, 4)
        count = len(self._manifest.registrars)
        text(credential, ID)
        points = (credential, *items(others, max(count - 1, 0), max(count - 1, 0)))
        points = points if count else ()
        for point in points:
            read_point(point)
        read = plain_text(alias, NAME) if alias != "" else ""
        named = plain_text(group, MAX_GROUP) if group != "" else ""
        return Entry(self._shown(read), named, points, value)

    def _shown(self, alias: str) -> str:
        require(not (alias and self._manifest.hidden), "shows an alias")
        return alias

    def _add(self, added: dict[str, Entry]) -> None:
        """In format 2, no credential and no point is ever used twice."""
        for credential, entry in added.items():
            names = {credential, *entry.points}
            require(len(names) == max(1, len(entry.points)), "one point twice for a voter")
            require(not names & self._used, "a credential or point that was used before")
            require(credential not in self.entries, "somebody twice on the roll")
            self._used |= names if self._manifest.number == 2 else set()
        self.entries |= added
        require(len(self.entries) <= MAX_VOTERS, "too many voters")

    def _hash(self) -> str:
        voters = [self.entries[credential].row for credential in sorted(self.entries)]
        name = f"facevote-roll-{self._manifest.number}"
        return sha256(dump({"format": name, "voters": voters}))

    def _check_signatures(
        self, signatures: Json, added: dict[str, Entry], removed: list[str]
    ) -> None:
        registrars = self._manifest.registrars if added else []
        rows = items(signatures, len(registrars), len(registrars))
        for index, (registrar, signature) in enumerate(zip(registrars, rows, strict=True)):
            points = sorted(entry.points[index] for entry in added.values())
            change = sha({"add": points, "format": "facevote-change-2", "remove": removed})
            parts = (self._manifest.fingerprint_bytes, index + 1, change)
            tag = self._manifest.tag("registrar-change")
            check_signature(signature, registrar.key, tag, *parts)
