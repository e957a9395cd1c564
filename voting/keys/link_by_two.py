"""A new link for a trustee who has registered a key: it takes two officials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.proposals.kinds import Kind, Outcome
from accounts.proposals.second_official import ProposalRefusalCode, ProposalRefused
from voting.keys import naming
from voting.models import Trustee

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Proposal, User


def _trustee(proposal: Proposal) -> Trustee | None:
    trustees = Trustee.objects.select_related("election")
    return trustees.filter(pk=proposal.detail.get("trustee")).first()


def _carry_out(proposal: Proposal, actor: User, _now: datetime) -> Outcome:
    trustee = _trustee(proposal)
    if trustee is None:
        raise ProposalRefused(ProposalRefusalCode.NOT_POSSIBLE)
    token = naming.renew_link(trustee, actor=actor, approved=proposal)
    words = _("The new link, shown only now. Whoever has it acts as this trustee.")
    return Outcome(words, reverse("voting:trustee", args=[token]))


def _describe(proposal: Proposal) -> str:
    trustee = _trustee(proposal)
    if trustee is None:
        return _("This trustee is gone.")
    names = {"name": trustee.name, "election": trustee.election.title}
    return _("%(name)s, trustee of “%(election)s”") % names


TRUSTEE_LINK = Kind(
    name="trustee-link",
    label=gettext_lazy("New link for a trustee who has registered"),
    permission="voting.add_trustee",
    carry_out=_carry_out,
    describe=_describe,
)
