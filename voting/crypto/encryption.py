"""Making a ballot: encrypt the selections, prove that they are allowed, and sign.

docs/cryptography.md, section 4. Reading a ballot: ballot.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voting.crypto import ballot as ballots
from voting.crypto import group, opening, proofs
from voting.crypto.ballot import Ballot, ContestBallot
from voting.crypto.opening import Opening, SelectionRefusalCode, SelectionRefused

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from voting.crypto.contests import Contest
    from voting.crypto.elgamal import Ciphertext
    from voting.crypto.manifest import Manifest
    from voting.crypto.opening import Selections
    from voting.crypto.proofs import Disjunction, Proof
    from voting.crypto.roll import RollEntry


@dataclass(frozen=True, slots=True)
class EncryptedBallot:
    """A ballot to cast, and the secret opening that goes with it."""

    ballot: Ballot
    opening: Opening


@dataclass(frozen=True, slots=True)
class _Answer:
    """One contest while its ballot is made: bits, the scalars that hide them, ciphertexts."""

    contest: Contest
    bits: tuple[int, ...]
    randomness: tuple[int, ...]
    ciphertexts: tuple[Ciphertext, ...]


def encrypt_ballot(
    manifest: Manifest,
    voter: RollEntry,
    selections: Selections,
    *,
    secrets: Sequence[int] = (),
    seed: bytes | None = None,
) -> EncryptedBallot:
    """Encrypt, prove and sign the ballot of a voter of the roll.

    `secrets` are the scalars behind the voter's points, one for each registrar, in their order.
    `seed` are 32 random bytes, drawn afresh unless given. Raises SelectionRefused with CONTESTS if
    the contests are not those of the voter's group, and as `opening.bits_of` does.
    """
    contests = manifest.contests_of(voter.group)
    if not contests or selections.keys() != {contest.id for contest in contests}:
        raise SelectionRefused(SelectionRefusalCode.CONTESTS)
    seed = opening.new_ballot_seed() if seed is None else seed
    answers = [
        _answer(seed, manifest, voter.credential, contest, selections[contest.id])
        for contest in contests
    ]
    pairs = [(answer.contest.id, answer.ciphertexts) for answer in answers]
    context = ballots.ballot_context(manifest, voter.credential, pairs)
    proven = tuple(_prove(manifest, answer, context) for answer in answers)
    unsigned = Ballot(manifest.fingerprint, voter.credential, proven)
    signatures = tuple(_sign(secret, unsigned, context) for secret in secrets)
    return EncryptedBallot(
        replace(unsigned, signatures=signatures),
        Opening(
            election=manifest.fingerprint,
            credential=voter.credential,
            seed=seed,
            selections=tuple((answer.contest.id, answer.bits) for answer in answers),
            tracker=unsigned.tracker,
        ),
    )


def _answer(
    seed: bytes,
    manifest: Manifest,
    credential: str,
    contest: Contest,
    selected: Collection[str] | None,
) -> _Answer:
    bits = opening.bits_of(contest, selected)
    return _Answer(
        contest,
        bits,
        opening.randomness(seed, manifest, credential, contest),
        opening.encrypt_bits(seed, manifest, credential, contest, bits),
    )


def _sign(secret: int, unsigned: Ballot, context: bytes) -> Proof:
    statement = ballots.signature_statement(context, unsigned, group.base(secret))
    return proofs.prove_possession(secret, statement)


def _prove(manifest: Manifest, answer: _Answer, context: bytes) -> ContestBallot:
    return ContestBallot(
        id=answer.contest.id,
        ciphertexts=answer.ciphertexts,
        proofs=tuple(
            proofs.prove_one_of(
                ballots.BIT,
                bit,
                randomness=randomness,
                public_key=manifest.public_key,
                statement=ballots.selection_statement(context, answer.contest, position, item),
            )
            for position, (bit, randomness, item) in enumerate(
                zip(answer.bits, answer.randomness, answer.ciphertexts, strict=True)
            )
        ),
        sum=_prove_sum(manifest, answer, context),
    )


def _prove_sum(manifest: Manifest, answer: _Answer, context: bytes) -> Disjunction:
    contest, weights = answer.contest, answer.contest.weights
    weighted = ballots.weighted_sum(contest, answer.ciphertexts)
    return proofs.prove_one_of(
        contest.allowed,
        sum(w * bit for w, bit in zip(weights, answer.bits, strict=True)),
        randomness=sum(w * r for w, r in zip(weights, answer.randomness, strict=True)),
        public_key=manifest.public_key,
        statement=ballots.sum_statement(context, contest, weighted),
    )
