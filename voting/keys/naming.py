"""Naming the trustees of a draft, and their secret links."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.at_rest.hashed_secrets import hash_of_secret
from accounts.audit import Action, record
from accounts.proposals.protected import SecondOfficialNeeded
from voting.crypto import text
from voting.crypto.trustees.terms import MAX_TRUSTEES
from voting.keys import ceremony
from voting.models import Election, State, Trustee, election_subject
from voting.refusals import StepRefused

if TYPE_CHECKING:
    from accounts.models import Proposal, User

TOKEN_BYTES: Final = 24


def by_token(token: str) -> Trustee | None:
    """The trustee whose link holds this secret."""
    trustees_with_election = Trustee.objects.select_related("election")
    return trustees_with_election.filter(token_hash=hash_of_secret(token)).first()


@transaction.atomic
def add_trustee(election: Election, name: str, *, email: str = "") -> tuple[Trustee, str]:
    """Add a trustee and restart the ceremony. Raises StepRefused.

    Returns the trustee and the secret of its link, which can not be read again later.
    """
    locked = _draft(election.pk)
    plain = require_new(locked, name)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    trustee = Trustee.objects.create(
        election=locked,
        index=locked.trustees.count() + 1,
        name=plain,
        email=email,
        token_hash=hash_of_secret(token),
    )
    ceremony.restart(locked)
    return trustee, token


def require_new(election: Election, name: str) -> str:
    """The name in the form in which it is stored.

    Raises StepRefused if no trustee of this name can be added.
    """
    others = list(election.trustees.values_list("name", flat=True))
    if len(others) >= MAX_TRUSTEES:
        raise StepRefused(_("An election has at most %(most)d trustees.") % {"most": MAX_TRUSTEES})
    plain = text.normalise(name)
    if not text.is_plain(plain, text.MAX_NAME):
        raise StepRefused(_("This name is empty, too long, or has a character that nobody sees."))
    if text.skeleton(plain) in {text.skeleton(other) for other in others}:
        raise StepRefused(_("Another trustee of this election has this name."))
    return plain


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
    Trustee.objects.filter(pk=trustee.pk).update(token_hash=hash_of_secret(token))
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
    election = _draft(trustee.election_id)
    trustee.delete()
    for number, other in enumerate(election.trustees.order_by("index"), start=1):
        Trustee.objects.filter(pk=other.pk).update(index=number)
    ceremony.restart(election)


def _draft(election_id: int) -> Election:
    """The election, locked. Raises StepRefused if it is no draft any more."""
    locked = Election.objects.select_for_update().get(pk=election_id)
    if locked.state != State.DRAFT:
        raise StepRefused(_("Trustees are named and removed in a draft only."))
    return locked
