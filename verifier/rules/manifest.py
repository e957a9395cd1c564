"""The manifest of an election, in both formats. docs/cryptography.md, sections 3 and 12."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verifier.rules.contest import optional, read_contest_1, read_contest_2
from verifier.rules.group import IDENTITY, read_point
from verifier.rules.key import read_key
from verifier.rules.strict import (
    HEX,
    ID,
    dump,
    items,
    keys,
    require,
    sha256,
    text,
    whole,
    yes_or_no,
)
from verifier.rules.texts import NAME, each_language, long_text, moment, old_text, plain_text

if TYPE_CHECKING:
    from verifier.rules.contest import Contest
    from verifier.rules.group import Ciphertext
    from verifier.rules.key import ElectionKey
    from verifier.rules.strict import Json

    Rows = list[list[Ciphertext]]  # for each contest, a ciphertext for each position

KEYS_1 = "board_key contests format id key revote roll title voters"
KEYS_2 = (
    "board_key closes contests description face format id key languages least opens purpose"
    " registrars revote roll title voters witnesses"
)
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Named:
    """A registrar or a witness. Only a registrar has a signature of its points."""

    name: str
    key: bytes
    signature: Json = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that the manifest says. Format 1 leaves the fields with defaults as they are."""

    number: int  # of the format
    fingerprint: str
    id: str
    title: dict[str, str]
    revote: bool
    hidden: bool
    roll: str
    board_key: bytes
    contests: list[Contest]
    key: ElectionKey
    purpose: str = ""
    closes: str | None = None
    least: int = 1
    registrars: list[Named] = field(default_factory=list)
    witnesses: list[Named] = field(default_factory=list)
    quorum: int = 0

    @property
    def fingerprint_bytes(self) -> bytes:
        return bytes.fromhex(self.fingerprint)

    def tag(self, name: str) -> str:
        """The tag of a hash in this election's format."""
        return f"facevote-{self.number}/{name}"

    def asked(self, group: str) -> list[int]:
        """The indexes of the contests that a voter of this group has."""
        return [n for n, contest in enumerate(self.contests) if contest.asks(group)]

    def no_sums(self) -> Rows:
        """The sums of no ballots."""
        return [[(IDENTITY, IDENTITY)] * len(contest.weights) for contest in self.contests]


def read_manifest(value: Json) -> Manifest:
    """The manifest, with all proofs of its key checked. Raises Problem or another of FAULTS."""
    require(isinstance(value, dict), "a malformed manifest")
    known = {"facevote-election-1": _read_1, "facevote-election-2": _read_2}
    name = value.get("format")
    require(isinstance(name, str) and name in known, "a manifest of an unknown format")
    manifest = known[name](value)
    ids = {contest.id for contest in manifest.contests}
    require(len(ids) == len(manifest.contests), "contest ids repeat")
    return manifest


def short(digest: str) -> str:
    """The first 15 bytes of a fingerprint or tracker, as people compare them."""
    number = int(digest[:30], 16)
    signs = [ALPHABET[number >> shift & 31] for shift in range(115, -1, -5)]
    return " ".join("".join(signs[start : start + 4]) for start in range(0, 24, 4))


def _read_1(value: Json) -> Manifest:
    keys(value, KEYS_1)
    contests = [read_contest_1(item) for item in items(value["contests"], 1, 100)]
    return Manifest(title={"": old_text(value["title"])}, **_common(value, 1, contests))


def _read_2(value: Json) -> Manifest:
    keys(value, KEYS_2)
    languages = [text(language, ID) for language in items(value["languages"], 1, 20)]
    require(languages == sorted(set(languages)), "the languages are not sorted or repeat")
    optional(value["description"], languages, long_text)
    contests = [read_contest_2(item, languages) for item in items(value["contests"], 1, 100)]
    opens, closes = [
        None if value[name] is None else moment(value[name]) for name in ("opens", "closes")
    ]
    require(opens is None or closes is None or opens < closes, "closes before it opens")
    face = keys(value["face"], "each_ballot movements")
    yes_or_no(face["each_ballot"])
    require(face["movements"] in ("always", "unsure", "never"), "unknown movements")
    require(value["purpose"] in ("real", "rehearsal"), "an unknown purpose")
    watching = keys(value["witnesses"], "list quorum")
    witnesses = _read_named(watching["list"], 20, "key name")
    require(len({one.name for one in witnesses}) == len(witnesses), "two witnesses have one name")
    registrars = _read_named(value["registrars"], 2, "key name signature")
    common = _common(value, 2, contests)
    keys_of_all = [common["board_key"], common["key"].public]
    keys_of_all += [one.key for one in (*registrars, *witnesses)]
    require(len(set(keys_of_all)) == len(keys_of_all), "one key stands twice")
    return Manifest(
        title=each_language(value["title"], languages, plain_text),
        purpose=value["purpose"],
        closes=closes,
        least=whole(value["least"], 1, 1_000_000),
        registrars=registrars,
        witnesses=witnesses,
        quorum=whole(watching["quorum"], 0, len(witnesses)),
        **common,
    )


def _common(value: Json, number: int, contests: list[Contest]) -> dict[str, Json]:
    require(value["voters"] in ("alias", "hidden"), "an unknown display of voters")
    election = text(value["id"], ID)
    return {
        "number": number,
        "fingerprint": sha256(dump(value)),
        "id": election,
        "revote": yes_or_no(value["revote"]),
        "hidden": value["voters"] == "hidden",
        "roll": text(value["roll"], HEX),
        "board_key": read_point(value["board_key"]),
        "contests": contests,
        "key": read_key(value["key"], election, number),
    }


def _read_named(value: Json, most: int, names: str) -> list[Named]:
    rows = [keys(row, names) for row in items(value, 0, most)]
    found = [
        Named(plain_text(row["name"], NAME), read_point(row["key"]), row.get("signature"))
        for row in rows
    ]
    require(len({one.key for one in found}) == len(found), "one key stands twice")
    return found
