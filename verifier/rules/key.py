"""The election's key: the trustees' parts and their proofs. docs/cryptography.md, section 5."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.rules.group import at, read_point, total
from verifier.rules.proofs import check_signature
from verifier.rules.strict import items, keys, require, sha, text, whole
from verifier.rules.texts import NAME, old_text, plain_text

if TYPE_CHECKING:
    from verifier.rules.group import Part
    from verifier.rules.strict import Json

MAX_TRUSTEES = 50
ROUND = r"[0-9a-f]{32}"


@dataclass(frozen=True, slots=True)
class Trustee:
    """What the manifest says of one trustee. Format 1 has no transport keys and rounds."""

    name: str
    commitments: list[bytes]
    proof: Json
    confirmation: Json
    transport_key: bytes = b""
    transport_proof: Json = None
    round: str = ""


@dataclass(frozen=True, slots=True)
class ElectionKey:
    """The public key K, its trustees, and their verification keys V_j, from trustee 1 on."""

    mode: str
    public: bytes
    threshold: int
    trustees: list[Trustee]
    verification_keys: list[bytes]
    transcript: bytes


def read_key(value: Json, election: str, number: int) -> ElectionKey:
    """The key of a manifest of format `number`. Raises Problem or another of FAULTS.

    All proofs of the trustees are checked.
    """
    keys(value, "mode public_key threshold trustees")
    rows = items(value["trustees"], 1, MAX_TRUSTEES)
    threshold = whole(value["threshold"], 1, len(rows))
    require(value["mode"] in ("trustees", "server"), "an unknown key mode")
    require(value["mode"] == "trustees" or len(rows) == 1, "the server has more than one key")
    trustees = [_read_trustee(row, threshold, number) for row in rows]
    _require_different(trustees, number)
    public = read_point(value["public_key"])
    sums = total(trustee.commitments[0] for trustee in trustees)
    require(public == sums, "the key is not the trustees' key")
    indexes = range(1, len(trustees) + 1)
    combined = [total(column) for column in zip(*(x.commitments for x in trustees), strict=True)]
    verification_keys = [at(index, combined) for index in indexes]
    transcript = transcript_of(election, threshold, trustees) if number == 2 else b""
    key = ElectionKey(value["mode"], public, threshold, trustees, verification_keys, transcript)
    for index in indexes:
        (_check_1 if number == 1 else _check_2)(key, election, index)
    return key


def registration(election: str, threshold: int, trustees: list[Trustee], index: int) -> Json:
    """The registration that a trustee sent, made again from the manifest."""
    trustee = trustees[index - 1]
    return {
        "commitments": [point.hex() for point in trustee.commitments],
        "election": election,
        "format": "facevote-trustee-2",
        "index": index,
        "proof": trustee.proof,
        "round": trustee.round,
        "threshold": threshold,
        "transport_key": trustee.transport_key.hex(),
        "transport_proof": trustee.transport_proof,
        "trustees": len(trustees),
    }


def transcript_of(election: str, threshold: int, trustees: list[Trustee]) -> bytes:
    """T: the digest of all registrations, in the order of their trustees."""
    indexes = range(1, len(trustees) + 1)
    made = [registration(election, threshold, trustees, index) for index in indexes]
    return sha({"format": "facevote-transcript-2", "registrations": made})


def trustee_parts(key: ElectionKey, election: str, index: int) -> list[Part]:
    """parts(index) of the document."""
    round_bytes = bytes.fromhex(key.trustees[index - 1].round)
    return [election, key.threshold, len(key.trustees), index, round_bytes]


def _read_trustee(value: Json, threshold: int, number: int) -> Trustee:
    own = "" if number == 1 else " round transport_key transport_proof"
    keys(value, f"commitments confirmation name proof{own}")
    rows = items(value["commitments"], threshold, threshold)
    name = (old_text if number == 1 else plain_text)(value["name"], NAME)
    commitments = [read_point(point) for point in rows]
    common = (name, commitments, value["proof"], value["confirmation"])
    if number == 1:
        return Trustee(*common)
    transport_key = read_point(value["transport_key"])
    return Trustee(*common, transport_key, value["transport_proof"], text(value["round"], ROUND))


def _require_different(trustees: list[Trustee], number: int) -> None:
    """No two trustees have the same name, first commitment, transport key or round."""
    if number == 1:
        return
    names = [trustee.name for trustee in trustees]
    firsts = [trustee.commitments[0] for trustee in trustees]
    transport_keys = [trustee.transport_key for trustee in trustees]
    rounds = [trustee.round for trustee in trustees]
    for column in (names, firsts, transport_keys, rounds):
        require(len(set(column)) == len(trustees), "two trustees share a name, key or round")


def _check_1(key: ElectionKey, election: str, index: int) -> None:
    own = key.trustees[index - 1]
    common = (election, index, key.threshold, len(key.trustees))
    everyone = [point for trustee in key.trustees for point in trustee.commitments]
    first = own.commitments[0]
    check_signature(own.proof, first, "facevote-1/possession", *common, *own.commitments)
    verification_key = key.verification_keys[index - 1]
    check_signature(
        own.confirmation, verification_key, "facevote-1/confirmation", *common, *everyone
    )


def _check_2(key: ElectionKey, election: str, index: int) -> None:
    own = key.trustees[index - 1]
    parts = trustee_parts(key, election, index)
    registered = [*parts, *own.commitments, own.transport_key]
    check_signature(own.proof, own.commitments[0], "facevote-2/possession", *registered)
    tag = "facevote-2/transport-possession"
    check_signature(own.transport_proof, own.transport_key, tag, *registered)
    verification_key = key.verification_keys[index - 1]
    tag = "facevote-2/confirmation"
    check_signature(own.confirmation, verification_key, tag, *parts, key.transcript)
