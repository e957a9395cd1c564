"""The file that a trustee keeps: made before it registers, loaded again for every later step.

docs/cryptography.md, section 5, "The key file".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from voting.crypto import canonical, group
from voting.crypto.trustees.secret import TrusteeSecret, makes, require_own
from voting.crypto.trustees.terms import Ceremony, TrusteeRefusalCode, TrusteeRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voting.crypto.trustees.registration import Registration, Transcript

FORMAT: Final = "facevote-trustee-key-2"


@dataclass(frozen=True, slots=True)
class Decrypted:
    """What a trustee has decrypted: the hashes of a `close` event and of the body of a `tally`."""

    close: str
    tally: str


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A trustee's secret, and what it has shared, endorsed and decrypted with it.

    `transcript` is the hash of the transcript, in hexadecimal; empty before the trustee sends its
    shares. `shares` are the sealed shares for this trustee in the order of their senders, as they
    were sent; none before the key check. `fingerprint` is empty before the key check too, and
    `decrypted` None before the count.
    """

    secret: TrusteeSecret
    transcript: str = ""
    shares: tuple[dict[str, Any], ...] = ()
    fingerprint: str = ""
    decrypted: Decrypted | None = None

    def to_json(self) -> bytes:
        """The file "facevote-trustee-key-2" as canonical JSON."""
        return canonical.encode(self._to_dict())

    @staticmethod
    def from_json(data: bytes) -> KeyFile:
        """The file that `to_json` wrote; TrusteeRefused (KEY_FILE) for all other bytes."""
        try:
            value = canonical.decode(data)
            file = _from_dict(value)
            same = canonical.same(file._to_dict(), value)
        except (KeyError, TypeError, ValueError) as error:
            raise TrusteeRefused(TrusteeRefusalCode.KEY_FILE) from error
        if not same:
            raise TrusteeRefused(TrusteeRefusalCode.KEY_FILE)
        return file

    def require(self, ceremony: Ceremony, registration: Registration) -> None:
        """The check when a file is chosen: is it the file of this very registration?

        Raises TrusteeRefused (KEY_FILE) if not; then nothing may be sent.
        """
        if self.secret.ceremony != ceremony or not makes(self.secret, registration):
            raise TrusteeRefused(TrusteeRefusalCode.KEY_FILE, registration.index)

    def sharing(self, transcript: Transcript) -> KeyFile:
        """The file as it is saved before the trustee sends its shares.

        Raises TrusteeRefused with OWN if the transcript is not this trustee's, and with TRANSCRIPT
        if the file holds another one: who shares one polynomial under two transcripts can be made
        to share it with made-up colleagues.
        """
        require_own(self.secret, transcript)
        if self.transcript not in ("", transcript.hash.hex()):
            raise TrusteeRefused(TrusteeRefusalCode.TRANSCRIPT, self.secret.index)
        return replace(self, transcript=transcript.hash.hex())

    def endorsing(self, fingerprint: str, shares: Sequence[dict[str, Any]]) -> KeyFile:
        """The file after the key check of the election with this fingerprint.

        `shares` are the sealed shares for this trustee. Raises TrusteeRefused (KEY_FILE) for a file
        that has shared nothing.
        """
        if not self.transcript:
            raise TrusteeRefused(TrusteeRefusalCode.KEY_FILE, self.secret.index)
        return replace(self, fingerprint=fingerprint, shares=tuple(shares))

    def decrypting(self, decrypted: Decrypted) -> KeyFile:
        """The file after a decryption. Raises TrusteeRefused (KEY_FILE) if it holds another."""
        if self.decrypted not in (None, decrypted):
            raise TrusteeRefused(TrusteeRefusalCode.KEY_FILE, self.secret.index)
        return replace(self, decrypted=decrypted)

    def _to_dict(self) -> dict[str, Any]:
        done = self.decrypted
        return {
            "decrypted": {"close": done.close, "tally": done.tally} if done else None,
            "election": self.secret.ceremony.election,
            "fingerprint": self.fingerprint or None,
            "format": FORMAT,
            "index": self.secret.index,
            "round": self.secret.round.hex(),
            "seed": self.secret.seed.hex(),
            "shares": list(self.shares) or None,
            "threshold": self.secret.ceremony.threshold,
            "transcript": self.transcript or None,
            "trustees": self.secret.ceremony.trustees,
        }


def _from_dict(value: Any) -> KeyFile:
    """Raises KeyError, TypeError or ValueError for another form."""
    ceremony = Ceremony(value["election"], value["threshold"], value["trustees"])
    if not canonical.is_integer(value["index"], 1, ceremony.trustees):
        raise TrusteeRefused(TrusteeRefusalCode.KEY_FILE)
    shares, done = value["shares"], value["decrypted"]
    if shares is not None and len(shares) != ceremony.trustees:
        raise TrusteeRefused(TrusteeRefusalCode.KEY_FILE)
    return KeyFile(
        secret=TrusteeSecret(
            ceremony,
            value["index"],
            group.short_bytes_from_hex(value["round"]),
            group.bytes_from_hex(value["seed"]),
        ),
        transcript=_hash_or_empty(value["transcript"]),
        shares=tuple(shares or ()),
        fingerprint=_hash_or_empty(value["fingerprint"]),
        decrypted=None if done is None else _decrypted(done),
    )


def _hash_or_empty(value: Any) -> str:
    return "" if value is None else group.bytes_from_hex(value).hex()


def _decrypted(value: Any) -> Decrypted:
    return Decrypted(
        group.bytes_from_hex(value["close"]).hex(), group.bytes_from_hex(value["tally"]).hex()
    )
