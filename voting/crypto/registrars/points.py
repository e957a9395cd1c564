"""What a registrar hands to the server: the voters' points, and its signature under them.

docs/cryptography.md, sections 3, 4 and 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from voting.crypto import canonical, group, proofs, text
from voting.crypto.group import u64
from voting.crypto.proofs import Proof, Statement

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMAT: Final = "facevote-registrar-2"
POINTS_FORMAT: Final = "facevote-points-2"
CHANGE_FORMAT: Final = "facevote-change-2"
MAX_INDEX: Final = 2


class RegistrarRefusedError(ValueError):
    """A registrar's file that is not in its form, or that is not signed under its key."""


@dataclass(frozen=True, slots=True)
class RegistrarPoints:
    """The points of all voters, by the number that the roll's file gives each voter."""

    election: str
    index: int
    key: bytes
    points: tuple[tuple[str, bytes], ...]
    signature: Proof

    def to_json(self) -> bytes:
        """The file "facevote-registrar-2" as canonical JSON."""
        return canonical.encode(
            {
                "election": self.election,
                "format": FORMAT,
                "index": self.index,
                "key": self.key.hex(),
                "points": [[number, point.hex()] for number, point in self.points],
                "signature": self.signature.to_list(),
            }
        )

    @staticmethod
    def from_json(data: bytes) -> RegistrarPoints:
        """The file that `to_json` wrote, with its signature checked.

        Raises RegistrarRefusedError for all other bytes, for a voter or a point that occurs twice,
        and if the signature does not hold.
        """
        try:
            file = _from_dict(canonical.decode(data))
            same = file.to_json() == data
        except (KeyError, TypeError, ValueError) as error:
            raise RegistrarRefusedError("not a registrar's file") from error
        numbers, points = zip(*file.points, strict=True) if file.points else ((), ())
        once = len(set(numbers)) == len(numbers) and len(set(points)) == len(points)
        if not (same and once):
            raise RegistrarRefusedError("not a registrar's file")
        if not holds_points(file.signature, file.election, file.index, file.key, points):
            raise RegistrarRefusedError("not signed under the registrar's key")
        return file


def sign_points(secret: int, election: str, index: int, points: Iterable[bytes]) -> Proof:
    """The signature of registrar `index` under its points of all voters of the opening roll."""
    statement = _points_statement(election, index, group.base(secret), points)
    return proofs.prove_possession(secret, statement)


def holds_points(
    signature: Proof, election: str, index: int, key: bytes, points: Iterable[bytes]
) -> bool:
    """Whether the registrar with the point `key` has signed these points."""
    statement = _points_statement(election, index, key, points)
    return proofs.holds_possession(signature, key, statement)


def sign_change(
    secret: int, fingerprint: str, index: int, *, add: Iterable[bytes], remove: Iterable[str]
) -> Proof:
    """The signature of registrar `index` under a change of the roll: new points, and who goes."""
    statement = _change_statement(fingerprint, index, group.base(secret), add, remove)
    return proofs.prove_possession(secret, statement)


def holds_change(
    signature: Proof,
    fingerprint: str,
    index: int,
    key: bytes,
    *,
    add: Iterable[bytes],
    remove: Iterable[str],
) -> bool:
    """Whether the registrar with the point `key` has signed this change of the roll."""
    statement = _change_statement(fingerprint, index, key, add, remove)
    return proofs.holds_possession(signature, key, statement)


def _points_statement(election: str, index: int, key: bytes, points: Iterable[bytes]) -> Statement:
    document = {"format": POINTS_FORMAT, "points": sorted(point.hex() for point in points)}
    covered = bytes.fromhex(canonical.sha(document))
    return Statement("facevote-2/registrar-roll", (election, u64(index), covered, key))


def _change_statement(
    fingerprint: str, index: int, key: bytes, add: Iterable[bytes], remove: Iterable[str]
) -> Statement:
    document = {
        "add": sorted(point.hex() for point in add),
        "format": CHANGE_FORMAT,
        "remove": sorted(remove),
    }
    covered = bytes.fromhex(canonical.sha(document))
    parts = (bytes.fromhex(fingerprint), u64(index), covered, key)
    return Statement("facevote-2/registrar-change", parts)


def _from_dict(value: Any) -> RegistrarPoints:
    """Raises KeyError, TypeError or ValueError for another form."""
    if not canonical.is_identifier(value["election"]):
        raise RegistrarRefusedError("not an election")
    if not canonical.is_integer(value["index"], 1, MAX_INDEX):
        raise RegistrarRefusedError("not a registrar's number")
    return RegistrarPoints(
        election=value["election"],
        index=value["index"],
        key=group.point_from_hex(value["key"]),
        points=tuple(
            (text.require_plain(number), group.point_from_hex(point))
            for number, point in value["points"]
        ),
        signature=Proof.from_list(value["signature"]),
    )
