"""A ballot as it is cast: read strictly, and verified with all its proofs.

docs/cryptography.md, section 4. Making a ballot: encryption.py.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from voting.crypto import canonical, elgamal, group, proofs
from voting.crypto.proofs import Disjunction, Proof, Statement
from voting.crypto.tracker import tracker_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voting.crypto.contests import Contest
    from voting.crypto.elgamal import Ciphertext
    from voting.crypto.manifest import Manifest
    from voting.crypto.roll import RollEntry

FORMAT: Final = "facevote-ballot-2"
# The event around a ballot has to fit into a line of the board of at most 4 MiB.
MAX_BYTES: Final = 4 * 1024 * 1024 - 1024
BIT: Final = (0, 1)  # what one ciphertext may encrypt: not selected, selected


class BallotInvalidCode(enum.StrEnum):
    """Why a ballot is not valid."""

    FORM = "form"
    ENCODING = "encoding"
    OTHER_ELECTION = "other-election"
    OTHER_VOTER = "other-voter"
    CONTESTS = "contests"
    DUPLICATE_CIPHERTEXT = "duplicate-ciphertext"
    SELECTION_PROOF = "selection-proof"
    SUM_PROOF = "sum-proof"
    SIGNATURE = "signature"


class BallotInvalid(ValueError):
    """A ballot that must not be counted.

    `code` says why. `place` is the contest, or "contest/position", where known; else it is empty.
    """

    def __init__(self, code: BallotInvalidCode, place: str = "") -> None:
        super().__init__(f"The ballot is not valid: {code} {place}".strip())
        self.code = code
        self.place = place


@dataclass(frozen=True, slots=True)
class ContestBallot:
    """The answer to one contest: a ciphertext and its proof for each choice, then for blank.

    `sum` proves that the weighted sum of the ciphertexts is one of the contest's allowed values.
    """

    id: str
    ciphertexts: tuple[Ciphertext, ...]
    proofs: tuple[Disjunction, ...]
    sum: Disjunction


@dataclass(frozen=True)
class Ballot:
    """A whole ballot. `election` is the manifest's fingerprint, 64 hexadecimal digits.

    `signatures` has one under each registrar's point of the voter, in the registrars' order.
    """

    election: str
    credential: str
    contests: tuple[ContestBallot, ...]
    signatures: tuple[Proof, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The ballot "facevote-ballot-2", ready for canonical JSON."""
        return {
            "contests": [_contest_to_dict(contest) for contest in self.contests],
            "credential": self.credential,
            "election": self.election,
            "format": FORMAT,
            "signatures": [signature.to_list() for signature in self.signatures],
        }

    def to_json(self) -> bytes:
        """The canonical bytes."""
        return canonical.encode(self.to_dict())

    @cached_property
    def tracker(self) -> str:
        """The name of what was encrypted, 64 hexadecimal digits."""
        return tracker_of(
            self.election, self.credential, [(c.id, c.ciphertexts) for c in self.contests]
        )

    def alphas(self) -> tuple[str, ...]:
        """The alpha of every ciphertext, in hexadecimal, in the order of the ballot.

        Each comes from fresh randomness. One that repeats in an election was copied.
        """
        return tuple(c.alpha.hex() for contest in self.contests for c in contest.ciphertexts)


def read_ballot(data: bytes) -> Ballot:
    """The ballot from its canonical bytes. Its proofs are not checked here.

    Raises BallotInvalid with FORM for other bytes and for more than MAX_BYTES, and with ENCODING
    if a point, a scalar or a digest is not canonical.
    """
    if len(data) > MAX_BYTES:
        raise BallotInvalid(BallotInvalidCode.FORM)
    try:
        return ballot_from_dict(canonical.decode(data))
    except canonical.NotCanonicalError as error:
        raise BallotInvalid(BallotInvalidCode.FORM) from error


def ballot_from_dict(value: Any) -> Ballot:
    """The ballot from decoded canonical JSON. Its proofs are not checked here.

    Raises BallotInvalid with FORM for any other form, and with ENCODING if a point, a scalar or a
    digest is not canonical.
    """
    if not canonical.has_keys(value, "contests", "credential", "election", "format", "signatures"):
        raise BallotInvalid(BallotInvalidCode.FORM)
    if value["format"] != FORMAT or not canonical.is_identifier(value["credential"]):
        raise BallotInvalid(BallotInvalidCode.FORM)
    if not all(isinstance(value[key], list) for key in ("contests", "signatures")):
        raise BallotInvalid(BallotInvalidCode.FORM)
    try:
        return Ballot(
            election=group.bytes_from_hex(value["election"]).hex(),
            credential=value["credential"],
            contests=tuple(_contest_from_dict(item) for item in value["contests"]),
            signatures=tuple(Proof.from_list(item) for item in value["signatures"]),
        )
    except group.GroupError as error:
        raise BallotInvalid(BallotInvalidCode.ENCODING) from error


def verify_ballot(manifest: Manifest, voter: RollEntry, ballot: Ballot) -> None:
    """Check that the ballot is by this voter of the roll, for this election, and fully proven.

    Raises BallotInvalid with OTHER_ELECTION, OTHER_VOTER, CONTESTS (not those of the voter's
    group), DUPLICATE_CIPHERTEXT (one alpha occurs twice), SELECTION_PROOF, SUM_PROOF or SIGNATURE.
    """
    if ballot.election != manifest.fingerprint:
        raise BallotInvalid(BallotInvalidCode.OTHER_ELECTION)
    if ballot.credential != voter.credential:
        raise BallotInvalid(BallotInvalidCode.OTHER_VOTER)
    contests = manifest.contests_of(voter.group)
    expected = [(contest.id, contest.size) for contest in contests]
    if not expected or [(c.id, len(c.ciphertexts)) for c in ballot.contests] != expected:
        raise BallotInvalid(BallotInvalidCode.CONTESTS)
    alphas = ballot.alphas()
    if len(set(alphas)) != len(alphas):
        raise BallotInvalid(BallotInvalidCode.DUPLICATE_CIPHERTEXT)
    context = ballot_context(
        manifest, ballot.credential, [(c.id, c.ciphertexts) for c in ballot.contests]
    )
    _verify_signatures(manifest, voter, ballot, context)
    for contest, answer in zip(contests, ballot.contests, strict=True):
        _verify_contest(manifest, contest, answer, context)


def ballot_context(
    manifest: Manifest, credential: str, contests: Sequence[tuple[str, Sequence[Ciphertext]]]
) -> bytes:
    """The 64 bytes that bind every challenge of a ballot to election, keys, voter and ciphertexts.

    `contests` holds the id and the ciphertexts of each contest, in the manifest's order. Because
    of this hash, a proof that is moved to another voter or election no longer holds.
    """
    parts: list[bytes | str] = []
    for contest_id, ciphertexts in contests:
        parts.append(contest_id)
        for ciphertext in ciphertexts:
            parts += (ciphertext.alpha, ciphertext.beta)
    return group.digest(
        "facevote-2/ballot",
        bytes.fromhex(manifest.fingerprint),
        manifest.public_key,
        manifest.board_key,
        credential,
        *parts,
    )


def selection_statement(
    context: bytes, contest: Contest, position: int, ciphertext: Ciphertext
) -> Statement:
    """What the proof that one ciphertext is a bit covers. `position` counts from 0."""
    parts = (context, contest.id, group.u64(position), ciphertext.alpha, ciphertext.beta)
    return Statement("facevote-2/selection", parts)


def sum_statement(context: bytes, contest: Contest, ciphertext: Ciphertext) -> Statement:
    """What the proof about the weighted sum `ciphertext` of a contest covers."""
    parts = (context, contest.id, group.u64(contest.size), ciphertext.alpha, ciphertext.beta)
    return Statement("facevote-2/sum", parts)


def signature_statement(context: bytes, ballot: Ballot, public: bytes) -> Statement:
    """What the signature under the voter's point `public` covers: all but the signatures."""
    unsigned = bytes.fromhex(canonical.sha(ballot.to_dict() | {"signatures": []}))
    return Statement("facevote-2/ballot-signature", (context, unsigned, public))


def weighted_sum(contest: Contest, ciphertexts: tuple[Ciphertext, ...]) -> Ciphertext:
    """The sum of a contest's ciphertexts, each times its weight (see `Contest.weights`).

    Raises ValueError if there is not one ciphertext for each weight.
    """
    terms = zip(contest.weights, ciphertexts, strict=True)
    return elgamal.total(c if weight == 1 else elgamal.scale(weight, c) for weight, c in terms)


def _verify_signatures(
    manifest: Manifest, voter: RollEntry, ballot: Ballot, context: bytes
) -> None:
    """Raises BallotInvalid (SIGNATURE) unless there is one under each registrar's point."""
    points = voter.points if manifest.registrars else ()
    if not len(points) == len(ballot.signatures) == len(manifest.registrars):
        raise BallotInvalid(BallotInvalidCode.SIGNATURE)
    for point, signature in zip(points, ballot.signatures, strict=True):
        public = group.point_from_hex(point)
        statement = signature_statement(context, ballot, public)
        if not proofs.holds_possession(signature, public, statement):
            raise BallotInvalid(BallotInvalidCode.SIGNATURE)


def _verify_contest(
    manifest: Manifest, contest: Contest, answer: ContestBallot, context: bytes
) -> None:
    """Raises BallotInvalid (SELECTION_PROOF or SUM_PROOF) unless all proofs of a contest hold."""
    key = manifest.public_key
    for position, (item, proof) in enumerate(zip(answer.ciphertexts, answer.proofs, strict=True)):
        statement = selection_statement(context, contest, position, item)
        if not proofs.holds_one_of(
            proof, BIT, ciphertext=item, public_key=key, statement=statement
        ):
            raise BallotInvalid(BallotInvalidCode.SELECTION_PROOF, f"{contest.id}/{position}")
    weighted = weighted_sum(contest, answer.ciphertexts)
    statement = sum_statement(context, contest, weighted)
    if not proofs.holds_one_of(
        answer.sum, contest.allowed, ciphertext=weighted, public_key=key, statement=statement
    ):
        raise BallotInvalid(BallotInvalidCode.SUM_PROOF, contest.id)


def _contest_to_dict(contest: ContestBallot) -> dict[str, Any]:
    return {
        "ciphertexts": [ciphertext.to_list() for ciphertext in contest.ciphertexts],
        "id": contest.id,
        "proofs": [proof.to_list() for proof in contest.proofs],
        "sum": contest.sum.to_list(),
    }


def _contest_from_dict(value: Any) -> ContestBallot:
    """Raises BallotInvalid (FORM) or GroupError."""
    if not canonical.has_keys(value, "ciphertexts", "id", "proofs", "sum"):
        raise BallotInvalid(BallotInvalidCode.FORM)
    lists = (value["ciphertexts"], value["proofs"], value["sum"])
    if not canonical.is_identifier(value["id"]) or not all(isinstance(x, list) for x in lists):
        raise BallotInvalid(BallotInvalidCode.FORM)
    if len(value["ciphertexts"]) != len(value["proofs"]):
        raise BallotInvalid(BallotInvalidCode.FORM)
    return ContestBallot(
        id=value["id"],
        ciphertexts=tuple(elgamal.from_list(item) for item in value["ciphertexts"]),
        proofs=tuple(Disjunction.from_list(item, len(BIT)) for item in value["proofs"]),
        sum=Disjunction.from_list(value["sum"], len(value["sum"]) // 2),
    )
