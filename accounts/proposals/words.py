"""Sentences about changes that take two officials, for every page that makes such a change."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.proposals.second_official import ProposalRefusalCode

PROPOSED = _(
    "This person is on the roll of an election that is frozen or open, so one official alone "
    "cannot change this. It is proposed: another official must approve it, under “Changes by two "
    "officials”."
)
SET_BY_LINK_ONLY = _(
    "This person is on the roll of an election that is frozen or open, so no official sets the "
    "password. A one-time link can be proposed, which another official approves."
)
REFUSED = {
    ProposalRefusalCode.NOT_ALLOWED: _("You may not do this."),
    ProposalRefusalCode.SAME_OFFICIAL: _("Another official must approve what you proposed."),
    ProposalRefusalCode.ONESELF: _("You cannot approve a change of your own account."),
    ProposalRefusalCode.NOT_YET: _(
        "Another official gave you your rights or a new password less than two days ago. Until "
        "then you can propose and decline, but not approve."
    ),
    ProposalRefusalCode.NOT_WAITING: _("This proposal is decided, or is too old."),
    ProposalRefusalCode.NOT_POSSIBLE: _("This change is no longer possible."),
}
