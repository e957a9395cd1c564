"""The trustees' key ceremony, and their check of the key after freezing.

Every message is checked on arrival. First every trustee registers. When all have registered, each
sends shares to all others. When all shares are sent, each confirms the key or complains about a
share.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import Action, record
from accounts.proposals.protected import SecondOfficialNeeded
from voting.crypto import tally
from voting.crypto.trustees.ceremony import judge
from voting.crypto.trustees.key import assemble
from voting.crypto.trustees.messages import (
    Ceremony,
    Confirmation,
    Registration,
    TrusteeRefused,
    read_complaint,
    read_confirmation,
    read_registration,
    read_share,
)
from voting.models import Election, State, Trustee, election_subject
from voting.refusals import StepRefused

if TYPE_CHECKING:
    from accounts.models import Proposal, User
    from voting.crypto.manifest import KeySetup

TOKEN_BYTES = 24


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def by_token(token: str) -> Trustee | None:
    """The trustee whose link holds this secret."""
    trustees_with_election = Trustee.objects.select_related("election")
    return trustees_with_election.filter(token_hash=hash_of(token)).first()


@transaction.atomic
def add_trustee(election: Election, name: str) -> tuple[Trustee, str]:
    """Add a trustee and restart the ceremony. Raises StepRefused if the election is no draft.

    Returns the trustee and the secret of its link, which can not be read again later.
    """
    locked = Election.objects.select_for_update().get(pk=election.pk)
    if locked.state != State.DRAFT:
        raise StepRefused(_("Trustees can only be named in a draft."))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    trustee = Trustee.objects.create(
        election=locked,
        index=locked.trustees.count() + 1,
        name=name,
        token_hash=hash_of(token),
    )
    restart(locked)
    return trustee, token


@transaction.atomic
def renew_link(trustee: Trustee, *, actor: User, approved: Proposal | None = None) -> str:
    """Replace the trustee's link. Returns the new secret; the old link stops working.

    Whoever has the link acts as the trustee. So raises SecondOfficialNeeded once the trustee has
    registered a key, unless another official has approved it.
    """
    current = Trustee.objects.select_for_update().get(pk=trustee.pk)
    if current.registration is not None and not _is_approved(approved, current):
        raise SecondOfficialNeeded
    record(
        Action.TRUSTEE_LINK_RENEWED,
        actor=actor,
        subject=election_subject(current.election_id),
        trustee=current.index,
        registered=current.registration is not None,
    )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    Trustee.objects.filter(pk=trustee.pk).update(token_hash=hash_of(token))
    return token


def _is_approved(proposal: Proposal | None, trustee: Trustee) -> bool:
    return (
        proposal is not None
        and proposal.approved is True
        and proposal.detail == {"trustee": trustee.pk}
    )


@transaction.atomic
def remove_trustee(trustee: Trustee) -> None:
    """Remove a trustee, renumber the others and restart. Raises StepRefused if not in a draft."""
    election = Election.objects.select_for_update().get(pk=trustee.election_id)
    if election.state != State.DRAFT:
        raise StepRefused(_("Trustees can only be removed in a draft."))
    trustee.delete()
    for number, other in enumerate(election.trustees.order_by("index"), start=1):
        Trustee.objects.filter(pk=other.pk).update(index=number)
    restart(election)


def restart(election: Election) -> None:
    """Forget all messages: they were made for another threshold or other numbers of trustees."""
    election.trustees.update(registration=None, shares=None, complaint=None, confirmation=None)


def settings_of(election: Election) -> Ceremony:
    """What every message of the ceremony depends on."""
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
    except (TrusteeRefused, tally.CountRefused) as error:
        raise StepRefused(_("This message does not hold: %(code)s") % {"code": error}) from error
    record(
        Action.TRUSTEE_MESSAGE,
        actor=None,
        subject=election_subject(election.pk),
        trustee=sender.index,
        kind=kind,
    )


@transaction.atomic
def check_key(trustee: Trustee) -> None:
    """Record that the trustee has found its own key in the frozen election."""
    Trustee.objects.filter(pk=trustee.pk, election__state=State.FROZEN).update(key_checked=True)


def at_fault(election: Election) -> set[int]:
    """The numbers of the trustees whose share or whose complaint proved wrong."""
    complaints = election.trustees.values_list("complaint", flat=True)
    return {complaint["at_fault"] for complaint in complaints if complaint}


def furthest(trustee: Trustee, guilty: set[int]) -> str:
    """The last step that this trustee has taken, for the page that shows it to the others."""
    steps = {
        "fault": trustee.index in guilty,
        "decrypted": trustee.partial,
        "checked": trustee.key_checked,
        "confirmed": trustee.confirmation,
        "shares": trustee.shares,
        "registered": trustee.registration,
    }
    return next((step for step, is_taken in steps.items() if is_taken), "nothing")


def registrations(election: Election) -> list[Registration]:
    """The registrations that have arrived, in the order of the trustees."""
    settings = settings_of(election)
    return [
        read_registration(trustee.registration, settings, trustee.index)
        for trustee in election.trustees.order_by("index")
        if trustee.registration is not None
    ]


def assembled_key(election: Election) -> KeySetup:
    """The election's key, made of all registrations and confirmations. Raises TrusteeRefused."""
    settings = settings_of(election)
    trustees_in_order = list(election.trustees.order_by("index"))
    known = registrations(election)
    confirmations = [_confirmation(trustee, settings, known) for trustee in trustees_in_order]
    names = [trustee.name for trustee in trustees_in_order]
    return assemble(settings, names, known, confirmations)


def _confirmation(trustee: Trustee, settings: Ceremony, known: list[Registration]) -> Confirmation:
    return read_confirmation(trustee.confirmation, settings, trustee.index, known)


def _take_registration(election: Election, trustee: Trustee, message: Any) -> None:
    if trustee.registration is not None:
        raise StepRefused(_("You have registered already."))
    read_registration(message, settings_of(election), trustee.index)
    trustee.registration = message
    trustee.save(update_fields=["registration"])


def _take_shares(election: Election, trustee: Trustee, message: Any) -> None:
    settings = settings_of(election)
    if len(registrations(election)) != settings.trustees or trustee.shares is not None:
        raise StepRefused(_("Shares can not be taken now."))
    if not isinstance(message, list) or len(message) != settings.trustees:
        raise StepRefused(_("There must be one share for each trustee."))
    for receiver, share in enumerate(message, start=1):
        read_share(share, settings, trustee.index, receiver)
    trustee.shares = message
    trustee.save(update_fields=["shares"])


def _take_confirmation(election: Election, trustee: Trustee, message: Any) -> None:
    settings = settings_of(election)
    if election.trustees.filter(shares__isnull=True).exists() or trustee.confirmation is not None:
        raise StepRefused(_("The key can not be confirmed now."))
    read_confirmation(message, settings, trustee.index, registrations(election))
    trustee.confirmation = message
    trustee.save(update_fields=["confirmation"])


def _take_complaint(election: Election, trustee: Trustee, message: Any) -> None:
    settings = settings_of(election)
    complaint = read_complaint(message, settings)
    sender = election.trustees.filter(index=complaint.sender, shares__isnull=False).first()
    if complaint.receiver != trustee.index or sender is None:
        raise StepRefused(_("This complaint is not yours to make."))
    sent: list[Any] = sender.shares or []
    raw = sent[trustee.index - 1]
    share = read_share(raw, settings, sender.index, trustee.index)
    guilty = judge(complaint, settings, share, registrations(election))
    trustee.complaint = {"message": message, "at_fault": guilty}
    trustee.save(update_fields=["complaint"])
