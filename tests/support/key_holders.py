"""Trustees of an election in the database, who send the site what their browsers would send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.at_rest.hashed_secrets import hash_of_secret
from accounts.models import User
from tests.support.polls import officer
from voting.counting import counting
from voting.crypto.decryption import partial_decryption
from voting.crypto.trustees.confirmation import confirm, endorse
from voting.crypto.trustees.secret import TrusteeSecret, new_secret, register
from voting.crypto.trustees.shares import key_share, make_shares, read_share
from voting.elections import freezing, joint_steps
from voting.keys import ceremony, naming
from voting.models import BoardEvent, Election, JointStep, Trustee

if TYPE_CHECKING:
    from tests.support.polls import Poll


@dataclass
class KeyHolders:
    """Trustees with what each keeps: a secret, and in the end a share of the key."""

    election: Election
    rows: list[Trustee]
    secrets: list[TrusteeSecret]
    shares: list[int]

    def endorse(self, *numbers: int) -> None:
        """The trustees with these numbers (all, if none is given) endorse the frozen election."""
        manifest = freezing.read_manifest(self.election)
        for row in self.rows:
            if row.index in (numbers or range(1, len(self.rows) + 1)):
                key = manifest.verification_keys[row.index - 1]
                share = self.shares[row.index - 1]
                signature = endorse(share, manifest.fingerprint, row.index, key)
                ceremony.receive_endorsement(row, signature.to_list())

    def part(self, number: int, share: int | None = None) -> dict[str, object]:
        """The part of the decryption of one trustee."""
        manifest = freezing.read_manifest(self.election)
        summed = counting.public_tally(self.election, manifest)
        close = BoardEvent.objects.get(election=self.election, kind="close").hash
        secret = self.shares[number - 1] if share is None else share
        return partial_decryption(manifest, summed, close, number, secret).to_dict(manifest)


def name_trustees(election: Election, number: int) -> list[Trustee]:
    return [naming.add_trustee(election, f"Trustee {n}")[0] for n in range(1, number + 1)]


def link_of(trustee: Trustee) -> str:
    """The secret of this trustee's link: the one shown when it was named can not be read again."""
    token = f"link-of-trustee-{trustee.index}"
    Trustee.objects.filter(pk=trustee.pk).update(token_hash=hash_of_secret(token))
    return token


def register_all(election: Election, rows: list[Trustee]) -> list[TrusteeSecret]:
    """All trustees send registrations with fresh secrets."""
    terms = ceremony.terms_of(election)
    secrets = [new_secret(terms, row.index) for row in rows]
    for row, secret in zip(rows, secrets, strict=True):
        ceremony.receive(row, "registration", register(secret).to_dict(terms))
    return secrets


def send_shares(election: Election, rows: list[Trustee], secrets: list[TrusteeSecret]) -> None:
    transcript = ceremony.transcript_of(election)
    for row, secret in zip(rows, secrets, strict=True):
        shares = [share.to_dict(transcript) for share in make_shares(secret, transcript)]
        ceremony.receive(row, "shares", shares)


def confirm_all(election: Election, rows: list[Trustee], secrets: list[TrusteeSecret]) -> list[int]:
    """All trustees open their shares and confirm. Returns their shares of the key."""
    transcript = ceremony.transcript_of(election)
    sent = [Trustee.objects.get(pk=row.pk).shares for row in rows]
    shares = []
    for row, secret in zip(rows, secrets, strict=True):
        received = [
            read_share((messages or [])[row.index - 1], transcript, sender, row.index)
            for sender, messages in enumerate(sent, start=1)
        ]
        share = key_share(secret, transcript, received)
        message = confirm(secret, transcript, share).to_dict(transcript)
        ceremony.receive(row, "confirmation", message)
        shares.append(share)
    return shares


def make_key(election: Election, number: int = 3) -> KeyHolders:
    """Name so many trustees, who register, exchange shares and confirm."""
    rows = name_trustees(election, number)
    secrets = register_all(election, rows)
    send_shares(election, rows, secrets)
    return KeyHolders(election, rows, secrets, confirm_all(election, rows, secrets))


def take_jointly(poll: Poll, kind: str, **fields: object) -> JointStep:
    """A step that the poll's official proposes and another one approves."""
    second = User.objects.filter(username="second-official").first() or officer("second-official")
    step = JointStep(election=poll.election, kind=kind, reason="As agreed", **fields)
    joint_steps.propose(step, actor=poll.official)
    joint_steps.approve(step, actor=second, now=timezone.now())
    poll.election.refresh_from_db()
    return step
