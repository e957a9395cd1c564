"""Whether the trustees have checked their keys. docs/cryptography.md, sections 5 and 7."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.rules.proofs import check_signature
from verifier.rules.strict import keys, require, whole
from verifier.rules.texts import officials

if TYPE_CHECKING:
    from verifier.rules.manifest import Manifest
    from verifier.rules.strict import Json


class Endorsements:
    """Who has endorsed, and who is waived. The methods raise Problem or another of FAULTS."""

    def __init__(self, manifest: Manifest) -> None:
        self.endorsed: set[int] = set()
        self.waived: set[int] = set()
        self._manifest = manifest

    @property
    def complete(self) -> bool:
        """Whether ballots may be cast: every trustee has endorsed or is waived."""
        if self._manifest.number == 1 or self._manifest.key.mode == "server":
            return True
        return len(self.endorsed | self.waived) == len(self._manifest.key.trustees)

    def endorse(self, body: Json) -> None:
        """An `endorse` event, signed with the trustee's share of the key."""
        key = self._manifest.key
        keys(body, "signature trustee")
        require(key.mode == "trustees", "nobody endorses the server's key")
        trustee = whole(body["trustee"], 1, len(key.trustees))
        require(trustee not in self.endorsed | self.waived, f"trustee {trustee} endorses twice")
        verification_key = key.verification_keys[trustee - 1]
        parts = (self._manifest.fingerprint_bytes, trustee)
        check_signature(body["signature"], verification_key, "facevote-2/endorsement", *parts)
        self.endorsed.add(trustee)

    def waive(self, body: Json) -> None:
        """A `waive` event: two officials go on without some of the trustees."""
        key = self._manifest.key
        keys(body, "approved_by trustees")
        officials(body["approved_by"], 2)
        require(key.mode == "trustees", "nobody endorses the server's key")
        require(not self.waived, "a second waiver")
        require(isinstance(body["trustees"], list), "not a list")
        chosen = [whole(trustee, 1, len(key.trustees)) for trustee in body["trustees"]]
        require(chosen and chosen == sorted(set(chosen)), "the waived are not sorted or repeat")
        most = len(key.trustees) - key.threshold
        require(len(chosen) <= most, "more trustees are waived than the election can lose")
        require(not self.endorsed & set(chosen), "one who has endorsed is waived")
        self.waived = set(chosen)
