"""The first message of a trustee, and the transcript that all registrations make together.

docs/cryptography.md, section 5, steps 1 and 2.

Scheme: T. Pedersen, "A Threshold Cryptosystem without a Trusted Party" (EUROCRYPT 1991), with the
commitments of P. Feldman, "A Practical Scheme for Non-interactive Verifiable Secret Sharing"
(FOCS 1987).

A point is 32 canonical bytes, a scalar an integer modulo ORDER (see group.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from voting.crypto import canonical, group, proofs
from voting.crypto.proofs import Proof, Statement
from voting.crypto.trustees.terms import Ceremony, TrusteeRefusalCode, TrusteeRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FORMAT: Final = "facevote-trustee-2"
TRANSCRIPT_FORMAT: Final = "facevote-transcript-2"


@dataclass(frozen=True, slots=True)
class Registration:
    """Trustee `index` publishes its commitments and its transport key.

    `round` are 16 random bytes, new in each ceremony. `commitments` are `threshold` points, the
    constant term first. `transport_key` is the point to which the other trustees encrypt their
    shares. Both proofs cover all of this: the first shows that the trustee knows the secret behind
    the first commitment, the second that it knows the one behind the transport key.
    """

    index: int
    round: bytes
    commitments: tuple[bytes, ...]
    proof: Proof
    transport_key: bytes
    transport_proof: Proof

    def to_dict(self, ceremony: Ceremony) -> dict[str, Any]:
        """The message "facevote-trustee-2", ready for canonical JSON."""
        return {
            "election": ceremony.election,
            "format": FORMAT,
            "index": self.index,
            "threshold": ceremony.threshold,
            "trustees": ceremony.trustees,
            **self.public_part(),
        }

    def public_part(self) -> dict[str, Any]:
        """What the manifest repeats of the message, ready for canonical JSON."""
        return {
            "commitments": [point.hex() for point in self.commitments],
            "proof": self.proof.to_list(),
            "round": self.round.hex(),
            "transport_key": self.transport_key.hex(),
            "transport_proof": self.transport_proof.to_list(),
        }


@dataclass(frozen=True)
class Transcript:
    """All registrations of a ceremony, in the order of the trustees.

    Every later message is bound to `hash`, and so to all of them. Raises TrusteeRefused with
    INCOMPLETE unless these are the trustees 1 to n, with PROOF or FORM if a registration does not
    hold, and with REPEATED if two trustees have the same key, transport key or round.
    """

    ceremony: Ceremony
    registrations: tuple[Registration, ...]

    def __post_init__(self) -> None:
        everybody = list(range(1, self.ceremony.trustees + 1))
        if [item.index for item in self.registrations] != everybody:
            raise TrusteeRefused(TrusteeRefusalCode.INCOMPLETE)
        for registration in self.registrations:
            check_registration(registration, self.ceremony)
        for values in (
            {item.commitments[0] for item in self.registrations},
            {item.transport_key for item in self.registrations},
            {item.round for item in self.registrations},
        ):
            if len(values) != len(everybody):
                raise TrusteeRefused(TrusteeRefusalCode.REPEATED)

    @cached_property
    def hash(self) -> bytes:
        """T: the 32 bytes that name these registrations."""
        document = {
            "format": TRANSCRIPT_FORMAT,
            "registrations": [item.to_dict(self.ceremony) for item in self.registrations],
        }
        return bytes.fromhex(canonical.sha(document))

    @cached_property
    def verification_keys(self) -> tuple[bytes, ...]:
        """The point V_j = x_j G of each trustee, from trustee 1 on."""
        return verification_keys([item.commitments for item in self.registrations])

    def of(self, index: int) -> Registration:
        """The registration of trustee `index`."""
        return self.registrations[index - 1]

    @staticmethod
    def from_list(values: Iterable[Any], ceremony: Ceremony) -> Transcript:
        """The transcript of decoded registrations in the order of the trustees.

        Raises TrusteeRefused as `read_registration` and the transcript itself do.
        """
        numbered = enumerate(values, start=1)
        return Transcript(
            ceremony, tuple(_from_dict(value, ceremony, index) for index, value in numbered)
        )


def read_registration(value: Any, ceremony: Ceremony, index: int) -> Registration:
    """The registration of trustee `index` from decoded JSON, with both proofs checked.

    Raises TrusteeRefused with FORM for any other form, and with PROOF if a proof does not hold.
    """
    registration = _from_dict(value, ceremony, index)
    check_registration(registration, ceremony)
    return registration


def registration_from_public_part(value: Any, index: int) -> Registration:
    """The registration from the manifest's entry of trustee `index`, unchecked.

    Raises KeyError, TypeError or ValueError for a wrong form; keys too many are not noticed.
    """
    return Registration(
        index=index,
        round=group.short_bytes_from_hex(value["round"]),
        commitments=tuple(group.point_from_hex(text) for text in value["commitments"]),
        proof=Proof.from_list(value["proof"]),
        transport_key=group.point_from_hex(value["transport_key"]),
        transport_proof=Proof.from_list(value["transport_proof"]),
    )


def check_registration(registration: Registration, ceremony: Ceremony) -> None:
    """Check the numbers and both proofs of a registration.

    Raises TrusteeRefused with FORM if the index or the number of commitments is wrong, and with
    PROOF if a proof does not hold.
    """
    index, commitments = registration.index, registration.commitments
    if not 1 <= index <= ceremony.trustees or len(commitments) != ceremony.threshold:
        raise TrusteeRefused(TrusteeRefusalCode.FORM, index)
    key = registration.transport_key
    possession = possession_statement(ceremony, index, registration.round, commitments, key)
    transport = transport_statement(ceremony, index, registration.round, commitments, key)
    if not (
        proofs.holds_possession(registration.proof, commitments[0], possession)
        and proofs.holds_possession(registration.transport_proof, key, transport)
    ):
        raise TrusteeRefused(TrusteeRefusalCode.PROOF, index)


def possession_statement(
    ceremony: Ceremony, index: int, round_: bytes, commitments: Sequence[bytes], key: bytes
) -> Statement:
    """What the proof of possession covers: also the transport key, so that none can replace it."""
    parts = (*ceremony.parts(index, round_), *commitments, key, commitments[0])
    return Statement("facevote-2/possession", parts)


def transport_statement(
    ceremony: Ceremony, index: int, round_: bytes, commitments: Sequence[bytes], key: bytes
) -> Statement:
    """What the proof for the transport key `key` (a point) covers."""
    parts = (*ceremony.parts(index, round_), *commitments, key, key)
    return Statement("facevote-2/transport-possession", parts)


def verification_keys(commitments: Sequence[Sequence[bytes]]) -> tuple[bytes, ...]:
    """The point V_j of each trustee, from trustee 1 on, from the commitments of all trustees.

    With C_t the sum of everybody's commitment number t, V_j is the sum of j^t C_t over t.
    """
    totals = [group.total(column) for column in zip(*commitments, strict=True)]
    return tuple(group.evaluate(totals, index) for index in range(1, len(commitments) + 1))


def _from_dict(value: Any, ceremony: Ceremony, index: int) -> Registration:
    """Raises TrusteeRefused (FORM) for anything that is not in the form of a registration."""
    try:
        registration = registration_from_public_part(value, index)
        same = canonical.same(registration.to_dict(ceremony), value)
    except (KeyError, TypeError, ValueError) as error:
        raise TrusteeRefused(TrusteeRefusalCode.FORM, index) from error
    if not same:
        raise TrusteeRefused(TrusteeRefusalCode.FORM, index)
    return registration
