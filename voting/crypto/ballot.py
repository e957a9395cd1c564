"""A cast ballot: reading it strictly, and verifying everything that its proofs promise."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voting.crypto import canonical, elgamal, group, proofs
from voting.crypto.proofs import Disjunction, Statement

if TYPE_CHECKING:
    from voting.crypto.elgamal import Ciphertext
    from voting.crypto.manifest import Contest, Manifest

FORMAT = "facevote-ballot-1"
MAX_BYTES = 4 * 1024 * 1024
BIT = (0, 1)


class BallotInvalidCode(enum.StrEnum):
    FORM = "form"
    ENCODING = "encoding"
    OTHER_ELECTION = "other-election"
    OTHER_VOTER = "other-voter"
    CONTESTS = "contests"
    DUPLICATE_CIPHERTEXT = "duplicate-ciphertext"
    SELECTION_PROOF = "selection-proof"
    SUM_PROOF = "sum-proof"


class BallotInvalid(ValueError):
    def __init__(self, code: BallotInvalidCode, place: str = "") -> None:
        super().__init__(f"The ballot is not valid: {code} {place}".strip())
        self.code = code
        self.place = place


@dataclass(frozen=True, slots=True)
class ContestBallot:
    id: str
    ciphertexts: tuple[Ciphertext, ...]
    proofs: tuple[Disjunction, ...]
    sum: Disjunction


@dataclass(frozen=True, slots=True)
class Ballot:
    election: str
    credential: str
    contests: tuple[ContestBallot, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "contests": [_contest_to_dict(contest) for contest in self.contests],
            "credential": self.credential,
            "election": self.election,
            "format": FORMAT,
        }

    def to_json(self) -> bytes:
        return canonical.encode(self.to_dict())

    def alphas(self) -> tuple[str, ...]:
        """What its randomness makes of each ciphertext: unique in an election, or copied."""
        return tuple(c.alpha.hex() for contest in self.contests for c in contest.ciphertexts)


def read_ballot(data: bytes) -> Ballot:
    if len(data) > MAX_BYTES:
        raise BallotInvalid(BallotInvalidCode.FORM)
    try:
        return ballot_from_dict(canonical.decode(data))
    except canonical.NotCanonicalError as error:
        raise BallotInvalid(BallotInvalidCode.FORM) from error


def ballot_from_dict(value: Any) -> Ballot:
    if not canonical.has_keys(value, "contests", "credential", "election", "format"):
        raise BallotInvalid(BallotInvalidCode.FORM)
    if value["format"] != FORMAT or not canonical.is_identifier(value["credential"]):
        raise BallotInvalid(BallotInvalidCode.FORM)
    if not isinstance(value["contests"], list):
        raise BallotInvalid(BallotInvalidCode.FORM)
    try:
        return Ballot(
            election=group.bytes_from_hex(value["election"]).hex(),
            credential=value["credential"],
            contests=tuple(_contest_from_dict(item) for item in value["contests"]),
        )
    except group.GroupError as error:
        raise BallotInvalid(BallotInvalidCode.ENCODING) from error


def verify_ballot(manifest: Manifest, credential: str, ballot: Ballot) -> None:
    """BallotInvalid unless the ballot is this voter's, for this election, and all proofs hold."""
    if ballot.election != manifest.fingerprint:
        raise BallotInvalid(BallotInvalidCode.OTHER_ELECTION)
    if ballot.credential != credential:
        raise BallotInvalid(BallotInvalidCode.OTHER_VOTER)
    if [(c.id, len(c.ciphertexts)) for c in ballot.contests] != [
        (c.id, c.size) for c in manifest.contests
    ]:
        raise BallotInvalid(BallotInvalidCode.CONTESTS)
    alphas = ballot.alphas()
    if len(set(alphas)) != len(alphas):
        raise BallotInvalid(BallotInvalidCode.DUPLICATE_CIPHERTEXT)
    context = ballot_context(manifest, credential, [(c.id, c.ciphertexts) for c in ballot.contests])
    for contest, answer in zip(manifest.contests, ballot.contests, strict=True):
        _verify_contest(manifest, contest, answer, context)


def ballot_context(
    manifest: Manifest, credential: str, contests: list[tuple[str, tuple[Ciphertext, ...]]]
) -> bytes:
    """What every challenge of a ballot covers: election, keys, voter, all ciphertexts."""
    parts: list[bytes | str] = []
    for contest_id, ciphertexts in contests:
        parts.append(contest_id)
        for ciphertext in ciphertexts:
            parts += (ciphertext.alpha, ciphertext.beta)
    return group.digest(
        "facevote-1/ballot",
        bytes.fromhex(manifest.fingerprint),
        manifest.public_key,
        manifest.board_key,
        credential,
        *parts,
    )


def selection_statement(
    context: bytes, contest: Contest, position: int, ciphertext: Ciphertext
) -> Statement:
    parts = (context, contest.id, group.u64(position), ciphertext.alpha, ciphertext.beta)
    return Statement("facevote-1/selection", parts)


def sum_statement(context: bytes, contest: Contest, ciphertext: Ciphertext) -> Statement:
    parts = (context, contest.id, group.u64(contest.size), ciphertext.alpha, ciphertext.beta)
    return Statement("facevote-1/sum", parts)


def weighted_sum(contest: Contest, ciphertexts: tuple[Ciphertext, ...]) -> Ciphertext:
    terms = zip(contest.weights, ciphertexts, strict=True)
    return elgamal.total(c if weight == 1 else elgamal.scale(weight, c) for weight, c in terms)


def _verify_contest(
    manifest: Manifest, contest: Contest, answer: ContestBallot, context: bytes
) -> None:
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
