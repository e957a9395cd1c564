"""The file in which a registrar keeps its key and the voters' codes. It is never handed out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from verifier.registering.codes import LENGTH, draw_code, point_of
from verifier.rules.group import base, random_scalar, read_scalar, write_scalar
from verifier.rules.strict import ID, dump, items, keys, require, text, whole
from verifier.secret import files

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.registering.roll_file import Person
    from verifier.rules.board import Election
    from verifier.rules.strict import Json

FORMAT = "facevote-codes-2"
CODE = rf"[0-9a-f]{{{2 * LENGTH}}}"


@dataclass(frozen=True, slots=True)
class Holder:
    """A voter and all codes that were drawn for this voter, the newest last."""

    number: str
    name: str
    address: list[str]
    codes: list[str]

    def written(self) -> dict[str, Any]:
        return {
            "address": self.address,
            "codes": self.codes,
            "name": self.name,
            "number": self.number,
        }


@dataclass(frozen=True, slots=True)
class CodesFile:
    """What a registrar keeps: its secret key, and the voters with their codes."""

    election: str
    index: int
    secret: int
    voters: list[Holder]

    @property
    def key(self) -> str:
        """The registrar's public key."""
        return base(self.secret).hex()

    def point(self, code: str) -> str:
        """The point that follows from a code of this file."""
        return point_of(bytes.fromhex(code), self.election, self.index)

    def newest_point(self, voter: Holder) -> str:
        """The point of the voter's newest code."""
        return self.point(voter.codes[-1])


def draw_codes(election: str, index: int, people: list[Person]) -> CodesFile:
    """A new key, and a code for everybody."""
    text(election, ID)
    whole(index, 1, 2)
    return CodesFile(election, index, random_scalar(), [new_holder(person) for person in people])


def new_holder(person: Person) -> Holder:
    """A voter with the first code."""
    return Holder(person.number, person.name, person.address, [draw_code().hex()])


def renewed(voter: Holder) -> Holder:
    """The voter with one more code."""
    return replace(voter, codes=[*voter.codes, draw_code().hex()])


def read_codes(path: Path) -> CodesFile:
    """The registrar's file. Raises OSError, Problem or another of FAULTS."""
    value = keys(files.read_json(path), "election format index key secret voters")
    require(value["format"] == FORMAT, "not a registrar's file of codes")
    found = CodesFile(
        text(value["election"], ID),
        whole(value["index"], 1, 2),
        read_scalar(value["secret"]),
        [_read_voter(row) for row in items(value["voters"], 0, 1_000_000)],
    )
    require(value["key"] == found.key, "the key and the secret of the file do not fit")
    return found


def save_new_codes(path: Path, codes: CodesFile) -> None:
    """Write the file, which must not be there yet."""
    files.write_new(path, _written(codes))


def save_codes(path: Path, codes: CodesFile) -> None:
    """Put the file in the place of the one before."""
    files.replace(path, _written(codes))


def places_on_roll(codes: CodesFile, election: Election) -> dict[str, str]:
    """The roll's credential by this registrar's point. Raises Problem for other boards.

    The board must hold, and its manifest must name this registrar's key.
    """
    parts = election.parts
    require(parts and not election.problems, "the board does not hold: verify it first")
    if parts is None:
        raise AssertionError
    registrars = parts.manifest.registrars
    own = parts.manifest.id == codes.election and len(registrars) >= codes.index
    require(own, "the board does not have this registrar")
    listed = registrars[codes.index - 1].key.hex()
    require(listed == codes.key, "the board has another key for this registrar")
    return {
        entry.points[codes.index - 1]: credential
        for credential, entry in parts.roll.entries.items()
    }


def _read_voter(value: Json) -> Holder:
    keys(value, "address codes name number")
    codes = [text(code, CODE) for code in items(value["codes"], 1, 1000)]
    address = [text(line, "(?s).+") for line in items(value["address"], 0, 20)]
    return Holder(text(value["number"], "(?s).+"), text(value["name"], "(?s).+"), address, codes)


def _written(codes: CodesFile) -> bytes:
    value = {
        "election": codes.election,
        "format": FORMAT,
        "index": codes.index,
        "key": codes.key,
        "secret": write_scalar(codes.secret),
        "voters": [voter.written() for voter in codes.voters],
    }
    return dump(value) + b"\n"
