"""Setting a password: by its owner, or through a one-time link that an official made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.audit import Action, record, user_subject
from accounts.models import NoticeKind, User
from accounts.notices import mailing
from accounts.proposals import waiting_period
from accounts.proposals.protected import needs_second_official, require_second_official

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.forms import SetPasswordForm

    from accounts.models import Proposal


class LinkTokens(PasswordResetTokenGenerator):
    """Tokens that expire after PASSWORD_RESET_TIMEOUT seconds.

    They also become invalid when the password changes, so a link works once, and when the person's
    rights change, so a link made for a voter never opens an official's account. The same holds
    when the roll is fixed on which the person stands: from then on a link takes two officials, and
    one that was made before by a single official must not outlive that moment.
    """

    key_salt = "accounts.password_link"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        rights = (user.is_active, user.is_staff, user.is_superuser)
        needs_two = "2" if needs_second_official(user) else ""
        return f"{super()._make_hash_value(user, timestamp)}{rights}{needs_two}"


tokens = LinkTokens()


class LinkUsed(Exception):
    """The link was used or became invalid after the page was shown and before the form was sent."""


@transaction.atomic
def make_link(user: User, *, actor: User, now: datetime, approved: Proposal | None = None) -> str:
    """The path of a new link. The caller has checked that `actor` may make one for `user`.

    Raises SecondOfficialNeeded if `user` is on a fixed roll and no proposal was approved.
    """
    require_second_official(user, approved)
    mailing.tell(user, NoticeKind.LINK_MADE, address=user.email, now=now)
    waiting_period.begin(user, actor=actor, now=now)
    record(Action.PASSWORD_LINK_MADE, actor=actor, subject=user_subject(user.pk))
    user_id = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("accounts:set-password", args=[user_id, tokens.make_token(user)])


@transaction.atomic
def set_by_link(form: SetPasswordForm[User], token: str) -> None:
    """Set the password and use up the link. Raises LinkUsed if the token is no longer valid."""
    # Locks the row: if two browsers use one link at the same moment, only the first succeeds.
    user = User.objects.select_for_update().get(pk=form.user.pk)
    if not tokens.check_token(user, token):
        raise LinkUsed
    form.save()
    record(Action.PASSWORD_SET, actor=user, subject=user_subject(user.pk), by="link")


@transaction.atomic
def set_by_owner(form: SetPasswordForm[User]) -> None:
    form.save()
    record(Action.PASSWORD_SET, actor=form.user, subject=user_subject(form.user.pk), by="owner")
