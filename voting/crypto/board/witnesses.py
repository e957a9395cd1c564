"""What witnesses say of the chain, each under its own key, and when enough of them have spoken.

docs/cryptography.md, section 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from voting.crypto import canonical, group, proofs, times
from voting.crypto.board.chain import BoardEventKind, ChainBroken, Event, Tip
from voting.crypto.board.heads import chain_statement
from voting.crypto.policies import MAX_WITNESSES
from voting.crypto.proofs import Proof

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voting.crypto.manifest import Manifest

FORMAT: Final = "facevote-witness-2"


@dataclass(frozen=True, slots=True)
class WitnessStatement:
    """Witness number `witness` says: the election's first `count` events end in this hash.

    `election` is the manifest's fingerprint.
    """

    election: str
    witness: int
    count: int
    hash: str
    hour: str
    signature: Proof

    def body(self) -> dict[str, Any]:
        """The body of the board's event `witness`."""
        return {
            "count": self.count,
            "hash": self.hash,
            "hour": self.hour,
            "signature": self.signature.to_list(),
            "witness": self.witness,
        }

    def to_json(self) -> bytes:
        """The statement "facevote-witness-2" as canonical JSON."""
        return canonical.encode(self.body() | {"election": self.election, "format": FORMAT})

    @staticmethod
    def from_json(data: bytes) -> WitnessStatement:
        """The statement that `to_json` wrote; ChainBroken for all other bytes.

        The signature is checked by `verify_statement`.
        """
        try:
            value = canonical.decode(data)
            statement = statement_from_body(
                {key: value[key] for key in value if key not in {"election", "format"}},
                group.bytes_from_hex(value["election"]).hex(),
            )
            same = statement.to_json() == data
        except (KeyError, TypeError, ValueError) as error:
            raise ChainBroken("not a witness's statement") from error
        if not same:
            raise ChainBroken("not a witness's statement")
        return statement


def statement_from_body(value: Any, fingerprint: str) -> WitnessStatement:
    """The statement of a `witness` event's body; ChainBroken for everything else."""
    try:
        statement = WitnessStatement(
            election=fingerprint,
            witness=value["witness"],
            count=value["count"],
            hash=group.bytes_from_hex(value["hash"]).hex(),
            hour=value["hour"],
            signature=Proof.from_list(value["signature"]),
        )
        right = (
            canonical.same(statement.body(), value)
            and canonical.is_integer(statement.witness, 1, MAX_WITNESSES)
            and canonical.is_integer(statement.count, 1)
            and times.is_hour(statement.hour)
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ChainBroken("not a witness's statement") from error
    if not right:
        raise ChainBroken("not a witness's statement")
    return statement


def sign_statement(
    secret: int, witness: int, fingerprint: str, tip: Tip, hour: str
) -> WitnessStatement:
    """Sign, as witness number `witness`, the chain that ends at `tip`."""
    statement = chain_statement("facevote-2/witness", group.base(secret), fingerprint, tip, hour)
    signature = proofs.prove_possession(secret, statement)
    return WitnessStatement(fingerprint, witness, tip.count, tip.hash, hour, signature)


def verify_statement(statement: WitnessStatement, manifest: Manifest) -> bool:
    """Whether a witness of this election has signed the statement."""
    witnesses = manifest.witnesses.list
    if statement.election != manifest.fingerprint or not 1 <= statement.witness <= len(witnesses):
        return False
    key = witnesses[statement.witness - 1].key
    tip = Tip(statement.count, statement.hash)
    covered = chain_statement("facevote-2/witness", key, statement.election, tip, statement.hour)
    return proofs.holds_possession(statement.signature, key, covered)


def has_quorum(manifest: Manifest, close_seq: int, statements: Iterable[WitnessStatement]) -> bool:
    """Whether enough witnesses have signed the chain with its `close` event, number `close_seq`.

    The statements must have been verified, and must stand on the board before the first decryption.
    """
    signed = {item.witness for item in statements if item.count > close_seq}
    return len(signed) >= manifest.witnesses.quorum


def witness_event(statement: WitnessStatement, tip: Tip, hour: str) -> Event:
    """The next event of the chain: what a witness has said of it."""
    return tip.then(BoardEventKind.WITNESS, statement.body(), hour)
