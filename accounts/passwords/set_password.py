"""Setting a password: by its owner, or through a one-time link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.audit import Action, record, user_subject
from accounts.invitations import links, requests
from accounts.models import LinkPurpose, NoticeKind, User
from accounts.notices import mailing
from accounts.proposals import waiting_period
from accounts.proposals.protected import require_second_official

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.forms import SetPasswordForm

    from accounts.models import OneTimeLink, Proposal


@transaction.atomic
def make_link(user: User, *, actor: User, now: datetime, approved: Proposal | None = None) -> str:
    """The path of a new link. The caller has checked that `actor` may make one for `user`.

    Raises SecondOfficialNeeded if `user` is on a fixed roll and no proposal was approved.
    """
    require_second_official(user, approved)
    mailing.tell(user, NoticeKind.LINK_MADE, address=user.email, now=now)
    waiting_period.begin(user, actor=actor, now=now)
    record(Action.PASSWORD_LINK_MADE, actor=actor, subject=user_subject(user.pk))
    return links.make(user, LinkPurpose.OFFICE, now=now)


@transaction.atomic
def mail_link(user: User, *, actor: User, site: str, now: datetime) -> None:
    """Have a link mailed to the account's own address. It needs no second official: nobody but the
    person sees it, and everybody can ask for one.
    """
    record(Action.PASSWORD_LINK_MADE, actor=actor, subject=user_subject(user.pk), mailed=True)
    has_one = user.has_usable_password()
    purpose = LinkPurpose.RESET if has_one else LinkPurpose.INVITATION
    requests.order(user, purpose, site=site, now=now)


@transaction.atomic
def set_by_link(form: SetPasswordForm[User], link: OneTimeLink, *, now: datetime) -> None:
    """Set the password and use up the link. Raises LinkRefused if it stopped working meanwhile."""
    user = links.spend(link, now=now)
    form.save()
    record(Action.PASSWORD_SET, actor=user, subject=user_subject(user.pk), by="link")
    mailing.tell(user, NoticeKind.PASSWORD_CHANGED, address=user.email, now=now)


@transaction.atomic
def set_by_owner(form: SetPasswordForm[User], *, now: datetime) -> None:
    user = form.user
    form.save()
    record(Action.PASSWORD_SET, actor=user, subject=user_subject(user.pk), by="owner")
    mailing.tell(user, NoticeKind.PASSWORD_CHANGED, address=user.email, now=now)
