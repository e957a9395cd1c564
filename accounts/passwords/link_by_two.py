"""Links that set a password, for people whose account one official alone may not change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.passwords import set_password
from accounts.proposals.kinds import Kind, Outcome

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Proposal, User


def _carry_out(proposal: Proposal, actor: User, now: datetime) -> Outcome:
    link = set_password.make_link(proposal.about, actor=actor, now=now, approved=proposal)
    words = _("Give this link to the voter and to nobody else. It works once, and for an hour.")
    return Outcome(words, link)


def _describe(_proposal: Proposal) -> str:
    return _("A one-time link by which this person sets a new password")


PASSWORD_LINK = Kind(
    name="password-link",
    label=gettext_lazy("Link to set a password"),
    permission="accounts.change_user",
    carry_out=_carry_out,
    describe=_describe,
)
