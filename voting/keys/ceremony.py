"""The trustees' key ceremony, and their endorsement of the election after freezing.

Every message is checked on arrival. First every trustee registers. When all have registered, each
sends shares to all others. When all shares are sent, each confirms the key or complains about a
share. A share that does not carry its sender's signature is refused here already, so a complaint
names somebody who is at fault. docs/cryptography.md, section 5.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import Action, record
from voting.crypto import group, text
from voting.crypto.manifest import Manifest
from voting.crypto.proofs import Proof
from voting.crypto.trustees.complaints import judge, read_complaint
from voting.crypto.trustees.confirmation import Confirmation, holds_endorsement, read_confirmation
from voting.crypto.trustees.key import KeySetup, assemble
from voting.crypto.trustees.registration import Transcript, read_registration
from voting.crypto.trustees.shares import read_share
from voting.crypto.trustees.terms import Ceremony, TrusteeRefused
from voting.models import Election, State, Trustee, election_subject
from voting.refusals import StepRefused


def restart(election: Election) -> int:
    """Forget all messages, and return how many trustees had sent some: they make keys anew."""
    begun = election.trustees.filter(registration__isnull=False)
    count = begun.count()
    election.trustees.update(registration=None, shares=None, complaint=None, confirmation=None)
    return count


def begun_by(election: Election) -> int:
    """How many trustees would have to make their keys anew if the ceremony were restarted."""
    return election.trustees.filter(registration__isnull=False).count()


def terms_of(election: Election) -> Ceremony:
    """What every message of the ceremony depends on. Raises TrusteeRefused."""
    return Ceremony(election.slug, election.threshold, election.trustees.count())


@transaction.atomic
def receive(trustee: Trustee, kind: str, message: Any) -> None:
    """Check and store one message of the ceremony. Raises StepRefused."""
    election = Election.objects.select_for_update().get(pk=trustee.election_id)
    sender = Trustee.objects.get(pk=trustee.pk, election=election)
    handlers = {
        "registration": _take_registration,
        "shares": _take_shares,
        "confirmation": _take_confirmation,
        "complaint": _take_complaint,
    }
    if kind not in handlers or election.state != State.DRAFT:
        raise StepRefused(_("This message can not be taken now."))
    try:
        handlers[kind](election, sender, message)
    except TrusteeRefused as error:
        raise StepRefused(_("This message does not hold: %(code)s") % {"code": error}) from error
    _record(election, sender, kind)


@transaction.atomic
def receive_endorsement(trustee: Trustee, message: Any) -> None:
    """Store the trustee's signature under the frozen election. Raises StepRefused."""
    election = Election.objects.select_for_update().get(pk=trustee.election_id)
    if election.state != State.FROZEN:
        raise StepRefused(_("This message can not be taken now."))
    frozen = Manifest.from_json(election.manifest.encode())
    key = frozen.verification_keys[trustee.index - 1]
    try:
        signature = Proof.from_list(message)
    except group.GroupError as error:
        raise StepRefused(_("This could not be read.")) from error
    if not holds_endorsement(signature, frozen.fingerprint, trustee.index, key):
        raise StepRefused(
            _("This signature does not hold. It was made with another key or for another election.")
        )
    without = Trustee.objects.filter(pk=trustee.pk, endorsement__isnull=True)
    if without.update(endorsement=signature.to_list()) != 1:
        raise StepRefused(_("You have endorsed this election already."))
    _record(election, trustee, "endorsement")


def at_fault(election: Election) -> set[int]:
    """The numbers of the trustees whose share or whose complaint proved wrong."""
    complaints = election.trustees.values_list("complaint", flat=True)
    return {complaint["at_fault"] for complaint in complaints if complaint}


def furthest(trustee: Trustee, guilty: set[int]) -> str:
    """The last step that this trustee has taken, for the page that shows it to the others."""
    steps = {
        "fault": trustee.index in guilty,
        "decrypted": trustee.partial,
        "endorsed": trustee.endorsement,
        "confirmed": trustee.confirmation,
        "complained": trustee.complaint,
        "shares": trustee.shares,
        "registered": trustee.registration,
    }
    return next((step for step, is_taken in steps.items() if is_taken), "nothing")


def transcript_of(election: Election) -> Transcript:
    """All registrations. Raises TrusteeRefused unless every trustee has registered."""
    in_order = election.trustees.order_by("index").exclude(registration=None)
    return Transcript.from_list(in_order.values_list("registration", flat=True), terms_of(election))


def assembled_key(election: Election) -> KeySetup:
    """The election's key, made of all registrations and confirmations. Raises TrusteeRefused."""
    transcript = transcript_of(election)
    in_order = list(election.trustees.order_by("index"))
    confirmations = [_confirmation(trustee, transcript) for trustee in in_order]
    names = [text.normalise(trustee.name) for trustee in in_order]
    return assemble(transcript, names, confirmations)


def _confirmation(trustee: Trustee, transcript: Transcript) -> Confirmation:
    return read_confirmation(trustee.confirmation, transcript, trustee.index)


def _take_registration(election: Election, trustee: Trustee, message: Any) -> None:
    if trustee.registration is not None:
        raise StepRefused(_("You have registered already."))
    terms = terms_of(election)
    new = read_registration(message, terms, trustee.index)
    others = election.trustees.exclude(pk=trustee.pk).exclude(registration=None)
    for other in others:
        known = read_registration(other.registration, terms, other.index)
        if (
            new.round == known.round
            or new.transport_key == known.transport_key
            or new.commitments[0] == known.commitments[0]
        ):
            raise StepRefused(
                _("Trustee %(number)d has sent this key already. Load the page again.")
                % {"number": other.index}
            )
    trustee.registration = message
    trustee.save(update_fields=["registration"])


def _take_shares(election: Election, trustee: Trustee, message: Any) -> None:
    if trustee.shares is not None or _is_incomplete(election, "registration"):
        raise StepRefused(_("Shares can not be taken now."))
    transcript = transcript_of(election)
    if not isinstance(message, list) or len(message) != transcript.ceremony.trustees:
        raise StepRefused(_("There must be one share for each trustee."))
    for receiver, share in enumerate(message, start=1):
        read_share(share, transcript, trustee.index, receiver)
    trustee.shares = message
    trustee.save(update_fields=["shares"])


def _take_confirmation(election: Election, trustee: Trustee, message: Any) -> None:
    taken = trustee.confirmation is not None or trustee.complaint is not None
    if taken or _is_incomplete(election, "shares"):
        raise StepRefused(_("The key can not be confirmed now."))
    read_confirmation(message, transcript_of(election), trustee.index)
    trustee.confirmation = message
    trustee.save(update_fields=["confirmation"])


def _take_complaint(election: Election, trustee: Trustee, message: Any) -> None:
    """A complaint is about a share as its sender has signed it, which is the one stored here."""
    taken = trustee.confirmation is not None or trustee.complaint is not None
    if taken or _is_incomplete(election, "shares"):
        raise StepRefused(_("A complaint can not be taken now."))
    transcript = transcript_of(election)
    complaint = read_complaint(message, transcript)
    if complaint.share.receiver != trustee.index:
        raise StepRefused(_("This complaint is not yours to make."))
    trustee.complaint = {"message": message, "at_fault": judge(complaint, transcript)}
    trustee.save(update_fields=["complaint"])


def _is_incomplete(election: Election, column: str) -> bool:
    """Whether some trustee has not sent this message yet."""
    return election.trustees.filter(**{f"{column}__isnull": True}).exists()


def _record(election: Election, trustee: Trustee, kind: str) -> None:
    record(
        Action.TRUSTEE_MESSAGE,
        actor=None,
        subject=election_subject(election.pk),
        trustee=trustee.index,
        kind=kind,
    )
