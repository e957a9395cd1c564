"""A trustee's key file, and the share of the election's key that follows from it.

docs/cryptography.md, section 5.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from verifier.rules.group import (
    ORDER,
    at,
    base,
    challenge,
    multiply,
    read_point,
    read_scalar,
    write_scalar,
)
from verifier.rules.key import MAX_TRUSTEES, ROUND
from verifier.rules.proofs import check_signature
from verifier.rules.strict import HEX, ID, dump, items, keys, require, text, whole
from verifier.secret.files import read_json
from verifier.secret.files import replace as replace_file

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.rules.group import Part
    from verifier.rules.key import ElectionKey
    from verifier.rules.manifest import Manifest
    from verifier.rules.strict import Json

KEYS = "decrypted election fingerprint format index round seed shares threshold transcript trustees"


@dataclass(frozen=True, slots=True)
class TrusteeKey:
    """What the file says. `decrypted` has the close and the tally that were decrypted before."""

    election: str
    index: int
    threshold: int
    trustees: int
    round: str
    seed: str
    transcript: str | None
    fingerprint: str | None
    shares: list[Any] | None
    decrypted: dict[str, str] | None

    def parts(self) -> list[Part]:
        """parts(index) of the document."""
        numbers = [self.threshold, self.trustees, self.index]
        return [self.election, *numbers, bytes.fromhex(self.round)]

    def transport_secret(self) -> int:
        """e_i of the document."""
        return challenge("facevote-2/transport", bytes.fromhex(self.seed), *self.parts())

    def commitments(self) -> list[bytes]:
        """The points of the coefficients f_{i,t}."""
        common = ("facevote-2/coefficient", bytes.fromhex(self.seed), *self.parts())
        return [base(challenge(*common, degree)) for degree in range(self.threshold)]


def read_key_file(path: Path) -> TrusteeKey:
    """The key file. Raises OSError, Problem or another of FAULTS."""
    value = keys(read_json(path), KEYS)
    require(value.pop("format") == "facevote-trustee-key-2", "not a trustee's key file")
    text(value["election"], ID)
    trustees = whole(value["trustees"], 1, MAX_TRUSTEES)
    whole(value["index"], 1, trustees)
    whole(value["threshold"], 1, trustees)
    text(value["round"], ROUND)
    text(value["seed"], HEX)
    for name in ("transcript", "fingerprint"):
        if value[name] is not None:
            text(value[name], HEX)
    if value["shares"] is not None:
        items(value["shares"], trustees, trustees)
    if value["decrypted"] is not None:
        for item in keys(value["decrypted"], "close tally").values():
            text(item, HEX)
    return TrusteeKey(**value)


def save_key_file(path: Path, key: TrusteeKey) -> None:
    """Put the file in the place of the one before."""
    value = {name: getattr(key, name) for name in KEYS.split() if name != "format"}
    replace_file(path, dump(value | {"format": "facevote-trustee-key-2"}) + b"\n")


def check_entry(key: TrusteeKey, manifest: Manifest) -> None:
    """Raise Problem unless this file makes its entry in the manifest, under its transcript."""
    election_key = manifest.key
    require(manifest.number == 2, "an election of another format")
    require(election_key.mode == "trustees", "an election without trustees")
    same = (manifest.id, election_key.threshold, len(election_key.trustees))
    own = (key.election, key.threshold, key.trustees)
    require(same == own, "the key file belongs to another election")
    entry = election_key.trustees[key.index - 1]
    made = (key.round, key.commitments(), base(key.transport_secret()))
    listed = (entry.round, entry.commitments, entry.transport_key)
    require(made == listed, "the key file does not make its entry in the manifest")
    require(key.transcript, "the key file has no transcript: it was not saved with the shares")
    right = key.transcript == election_key.transcript.hex()
    require(right, "the key file has shared under another transcript: do not go on")


def key_share(key: TrusteeKey, manifest: Manifest, shares: list[Json]) -> int:
    """x_j of the document, from the sealed shares in the order of their senders.

    Raises Problem or another of FAULTS; it names the share that is wrong.
    """
    rows = items(shares, key.trustees, key.trustees)
    opened = [_open(key, manifest.key, number, row) for number, row in enumerate(rows, start=1)]
    secret = sum(opened) % ORDER
    right = base(secret) == manifest.key.verification_keys[key.index - 1]
    require(right, "the shares do not open to the verification key")
    return secret


def with_endorsement(key: TrusteeKey, fingerprint: str, shares: list[Json]) -> TrusteeKey:
    """The key file after the key check."""
    return replace(key, fingerprint=fingerprint, shares=shares)


def with_decryption(key: TrusteeKey, close: str, tally: str) -> TrusteeKey:
    """The key file once this trustee has decrypted this tally after this close."""
    return replace(key, decrypted={"close": close, "tally": tally})


def _open(key: TrusteeKey, election_key: ElectionKey, sender: int, share: Json) -> int:
    keys(share, "election format from nonce sealed signature to transcript")
    about = (share["format"], share["election"], share["from"], share["to"], share["transcript"])
    expected = ("facevote-share-2", key.election, sender, key.index, key.transcript)
    require(about == expected, f"the share of trustee {sender} is for another place")
    whole(share["from"], 1, MAX_TRUSTEES)
    whole(share["to"], 1, MAX_TRUSTEES)
    nonce, sealed = read_point(share["nonce"]), read_scalar(share["sealed"])
    commitments = election_key.trustees[sender - 1].commitments
    common = (election_key.transcript, sender, key.index, nonce)
    signed = (*common, bytes.fromhex(write_scalar(sealed)))
    check_signature(share["signature"], commitments[0], "facevote-2/share-signature", *signed)
    secret = key.transport_secret()
    pad = challenge("facevote-2/share", *common, base(secret), multiply(secret, nonce))
    opened = (sealed - pad) % ORDER
    right = base(opened) == at(key.index, commitments)
    require(right, f"the share that trustee {sender} has signed is wrong")
    return opened
