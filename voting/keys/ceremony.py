"""The trustees' key ceremony, their check of the key and their parts in the count.

Every message is checked when it arrives. Trustees send them in order: registrations, then (when all
have registered) shares, then (when all have sent theirs) confirmations or complaints.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import Action, record
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
    from voting.crypto.manifest import KeySetup

TOKEN_BYTES = 24


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def by_token(token: str) -> Trustee | None:
    rows = Trustee.objects.select_related("election")
    return rows.filter(token_hash=hash_of(token)).first()


@transaction.atomic
def add_trustee(election: Election, name: str) -> tuple[Trustee, str]:
    """The trustee and the secret of the link, which is shown once. Starts the ceremony anew."""
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
def renew_link(trustee: Trustee) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    Trustee.objects.filter(pk=trustee.pk).update(token_hash=hash_of(token))
    return token


@transaction.atomic
def remove_trustee(trustee: Trustee) -> None:
    election = Election.objects.select_for_update().get(pk=trustee.election_id)
    if election.state != State.DRAFT:
        raise StepRefused(_("Trustees can only be removed in a draft."))
    trustee.delete()
    for number, other in enumerate(election.trustees.order_by("index"), start=1):
        Trustee.objects.filter(pk=other.pk).update(index=number)
    restart(election)


def restart(election: Election) -> None:
    """Whatever was sent belonged to other numbers of trustees: everybody begins again."""
    election.trustees.update(registration=None, shares=None, complaint=None, confirmation=None)


def settings_of(election: Election) -> Ceremony:
    return Ceremony(election.slug, election.threshold, election.trustees.count())


@transaction.atomic
def receive(trustee: Trustee, kind: str, message: Any) -> None:
    """Take one message; StepRefused says what is wrong with it."""
    election = Election.objects.select_for_update().get(pk=trustee.election_id)
    row = Trustee.objects.get(pk=trustee.pk, election=election)
    handlers = {
        "registration": _take_registration,
        "shares": _take_shares,
        "confirmation": _take_confirmation,
        "complaint": _take_complaint,
    }
    if kind not in handlers or election.state != State.DRAFT:
        raise StepRefused(_("This message can not be taken now."))
    try:
        handlers[kind](election, row, message)
    except (TrusteeRefused, tally.CountRefused) as error:
        raise StepRefused(_("This message does not hold: %(code)s") % {"code": error}) from error
    record(
        Action.TRUSTEE_MESSAGE,
        actor=None,
        subject=election_subject(election.pk),
        trustee=row.index,
        kind=kind,
    )


@transaction.atomic
def check_key(trustee: Trustee) -> None:
    """The trustee has found its own key in the frozen election."""
    Trustee.objects.filter(pk=trustee.pk, election__state=State.FROZEN).update(key_checked=True)


def at_fault(election: Election) -> set[int]:
    """The numbers of those whose shares, or whose complaint, were found wrong."""
    complaints = election.trustees.values_list("complaint", flat=True)
    return {complaint["at_fault"] for complaint in complaints if complaint}


def furthest(trustee: Trustee, guilty: set[int]) -> str:
    """How far this trustee is, for the others to see."""
    steps = {
        "fault": trustee.index in guilty,
        "decrypted": trustee.partial,
        "checked": trustee.key_checked,
        "confirmed": trustee.confirmation,
        "shares": trustee.shares,
        "registered": trustee.registration,
    }
    return next((step for step, taken in steps.items() if taken), "nothing")


def registrations(election: Election) -> list[Registration]:
    settings = settings_of(election)
    return [
        read_registration(row.registration, settings, row.index)
        for row in election.trustees.order_by("index")
        if row.registration is not None
    ]


def assembled_key(election: Election) -> KeySetup:
    settings = settings_of(election)
    rows = list(election.trustees.order_by("index"))
    known = registrations(election)
    confirmations = [_confirmation(row, settings, known) for row in rows]
    return assemble(settings, [row.name for row in rows], known, confirmations)


def _confirmation(row: Trustee, settings: Ceremony, known: list[Registration]) -> Confirmation:
    return read_confirmation(row.confirmation, settings, row.index, known)


def _take_registration(election: Election, row: Trustee, message: Any) -> None:
    if row.registration is not None:
        raise StepRefused(_("You have registered already."))
    read_registration(message, settings_of(election), row.index)
    row.registration = message
    row.save(update_fields=["registration"])


def _take_shares(election: Election, row: Trustee, message: Any) -> None:
    settings = settings_of(election)
    if len(registrations(election)) != settings.trustees or row.shares is not None:
        raise StepRefused(_("Shares can not be taken now."))
    if not isinstance(message, list) or len(message) != settings.trustees:
        raise StepRefused(_("There must be one share for each trustee."))
    for receiver, share in enumerate(message, start=1):
        read_share(share, settings, row.index, receiver)
    row.shares = message
    row.save(update_fields=["shares"])


def _take_confirmation(election: Election, row: Trustee, message: Any) -> None:
    settings = settings_of(election)
    if election.trustees.filter(shares__isnull=True).exists() or row.confirmation is not None:
        raise StepRefused(_("The key can not be confirmed now."))
    read_confirmation(message, settings, row.index, registrations(election))
    row.confirmation = message
    row.save(update_fields=["confirmation"])


def _take_complaint(election: Election, row: Trustee, message: Any) -> None:
    settings = settings_of(election)
    complaint = read_complaint(message, settings)
    sender = election.trustees.filter(index=complaint.sender, shares__isnull=False).first()
    if complaint.receiver != row.index or sender is None:
        raise StepRefused(_("This complaint is not yours to make."))
    sent: list[Any] = sender.shares or []
    raw = sent[row.index - 1]
    share = read_share(raw, settings, sender.index, row.index)
    guilty = judge(complaint, settings, share, registrations(election))
    row.complaint = {"message": message, "at_fault": guilty}
    row.save(update_fields=["complaint"])
