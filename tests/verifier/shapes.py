"""The shape of a test election: its voters, its contests, and its manifest."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.verifier.keys import ELECTION
from verifier.rules.group import base, random_scalar
from verifier.rules.proofs import sign
from verifier.rules.strict import dump, sha, sha256

if TYPE_CHECKING:
    from tests.verifier.keys import HeldKey

Json = Any
Edit = Callable[[Json], None]


def nothing(_value: Json) -> None:
    """An edit that leaves all as it is."""


@dataclass
class Voter:
    """A voter of the tests; `secrets` are those that this voter shares with the registrars."""

    name: str
    group: str = ""
    secrets: list[int] = field(default_factory=list)

    @property
    def points(self) -> list[str]:
        return [base(secret).hex() for secret in self.secrets]

    @property
    def credential(self) -> str:
        return self.points[0] if self.secrets else self.name

    def row(self) -> list[Any]:
        return [self.credential, self.name.title(), self.group, self.points[1:]]


@dataclass
class Shape:
    """What kind of election to make. The edits spoil manifest and roll before they are hashed."""

    trustees: int = 3
    threshold: int = 2
    mode: str = "trustees"
    registrars: int = 1
    witnesses: int = 2
    quorum: int = 1
    least: int = 1
    revote: bool = False
    voters: tuple[str, ...] = ("", "", "")  # their groups
    groups: tuple[tuple[str, ...], ...] = ((), ())  # of each of the two contests
    registrar_secrets: tuple[int, ...] = ()  # drawn anew if empty
    voter_secrets: dict[str, list[int]] = field(default_factory=dict)  # by the voter's name
    edit_manifest: Edit = nothing
    edit_roll: Edit = nothing


def texts(text: str) -> dict[str, str]:
    return {"de": f"{text} (de)", "en": text}


def contest(number: int, groups: tuple[str, ...]) -> dict[str, Any]:
    choices = [
        {
            "id": f"x{n}",
            "party": texts("Party") if n else None,
            "pictures": ["ab" * 32] if n else [],
            "statement": texts("Words") if n else None,
            "title": texts(f"Choice {n}"),
        }
        for n in range(2)
    ]
    return {
        "blank": number == 1,
        "choices": choices,
        "description": texts("What is asked"),
        "groups": list(groups),
        "id": f"c{number}",
        "max": 1,
        "min": 1 if number == 1 else 0,
        "title": texts(f"Contest {number}"),
    }


@dataclass
class Holders:
    """The secrets of the board and of those who stand in the manifest beside the trustees."""

    board: int
    registrars: list[int]
    witnesses: list[int]


def hold_keys(shape: Shape) -> Holders:
    drawn = tuple(random_scalar() for _ in range(shape.registrars))
    registrars = list(shape.registrar_secrets or drawn)
    return Holders(random_scalar(), registrars, [random_scalar() for _ in range(shape.witnesses)])


def manifest_of(
    shape: Shape, key: HeldKey, held: Holders, voters: list[Voter], roll: list[Json]
) -> Json:
    """The manifest of such an election, before `edit_manifest` spoils it."""
    listed = [{"key": base(w).hex(), "name": f"W{n}"} for n, w in enumerate(held.witnesses)]
    return {
        "board_key": base(held.board).hex(),
        "closes": "2026-12-01T18:00Z",
        "contests": [contest(n, groups) for n, groups in enumerate(shape.groups, start=1)],
        "description": texts("About\n\nthis election"),
        "face": {"each_ballot": True, "movements": "always"},
        "format": "facevote-election-2",
        "id": ELECTION,
        "key": copy.deepcopy(key.value),
        "languages": ["de", "en"],
        "least": shape.least,
        "opens": None,
        "purpose": "real",
        "registrars": [_registrar(held.registrars[n], n, voters) for n in range(shape.registrars)],
        "revote": shape.revote,
        "roll": sha256(dump({"format": "facevote-roll-2", "voters": roll})),
        "title": texts("A test"),
        "voters": "alias",
        "witnesses": {"list": listed, "quorum": shape.quorum},
    }


def _registrar(secret: int, index: int, voters: list[Voter]) -> Json:
    points = sorted(voter.points[index] for voter in voters)
    listed = sha({"format": "facevote-points-2", "points": points})
    parts = (ELECTION, index + 1, listed)
    signature = sign(secret, "facevote-2/registrar-roll", *parts)
    return {"key": base(secret).hex(), "name": f"Registrar {index + 1}", "signature": signature}


def asks(one: Json, group: str) -> bool:
    """Whether a voter of this group has the contest."""
    groups: list[str] = one["groups"]
    return not groups or group in groups
