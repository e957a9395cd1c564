"""Changing how a person is known and reached: the user name and the e-mail address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import Action, record, user_subject
from accounts.models import NoticeKind, User
from accounts.notices import mailing
from accounts.proposals.kinds import Kind, Outcome
from accounts.proposals.protected import require_second_official
from accounts.proposals.second_official import ProposalRefusalCode, ProposalRefused

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Proposal

FIELDS = ("username", "email")


@transaction.atomic
def change_address(
    user: User,
    new: dict[str, str],
    *,
    actor: User | None,
    now: datetime,
    approved: Proposal | None = None,
) -> None:
    """Set `username`, `email` or both; a new address is told at the old one and at itself.

    Raises SecondOfficialNeeded, and ValidationError if the values cannot be stored.
    """
    require_second_official(user, approved)
    stored = User.objects.select_for_update().get(pk=user.pk)
    before = stored.email
    for field in FIELDS:
        setattr(stored, field, new.get(field, getattr(stored, field)))
    stored.full_clean(exclude=["password"])
    stored.save(update_fields=list(FIELDS))
    changed = ",".join(sorted(new))
    record(Action.USER_CHANGED, actor=actor, subject=user_subject(user.pk), fields=changed)
    if stored.email != before:
        mailing.tell(stored, NoticeKind.ADDRESS_CHANGED, address=before, now=now)
        mailing.tell(stored, NoticeKind.NEW_ADDRESS, address=stored.email, now=now)


def _carry_out(proposal: Proposal, actor: User, now: datetime) -> Outcome:
    try:
        change_address(proposal.about, proposal.detail, actor=actor, now=now, approved=proposal)
    except ValidationError as error:
        raise ProposalRefused(ProposalRefusalCode.NOT_POSSIBLE) from error
    return Outcome(_("User name and e-mail address are changed."))


def _describe(proposal: Proposal) -> str:
    names = {"username": _("user name"), "email": _("e-mail address")}
    rows = (
        (names[field], getattr(proposal.about, field) or "-", value or "-")
        for field, value in proposal.detail.items()
    )
    return format_html_join(" · ", "{}: {} → {}", rows)


ADDRESS = Kind(
    name="address",
    label=gettext_lazy("User name or e-mail address"),
    permission="accounts.change_user",
    carry_out=_carry_out,
    describe=_describe,
)
