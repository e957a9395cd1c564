"""Setting a password: by its owner, or by a link from an official that works once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.audit import Action, record, user_subject
from accounts.models import User

if TYPE_CHECKING:
    from django.contrib.auth.forms import SetPasswordForm


class LinkTokens(PasswordResetTokenGenerator):
    """A token dies with time, with its use, and with a change of the person's rights."""

    key_salt = "accounts.password_link"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        rights = (user.is_active, user.is_staff, user.is_superuser)
        return f"{super()._make_hash_value(user, timestamp)}{rights}"


tokens = LinkTokens()


class LinkUsed(Exception):
    """The link was used, or lost its worth, between the page and the form."""


@transaction.atomic
def make_link(user: User, *, actor: User) -> str:
    """The link's path. Who may make one is asked before: see the administration."""
    record(Action.PASSWORD_LINK_MADE, actor=actor, subject=user_subject(user.pk))
    who = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("accounts:set-password", args=[who, tokens.make_token(user)])


@transaction.atomic
def set_by_link(form: SetPasswordForm[User], token: str) -> None:
    """Of two who use one link at once, the first sets the password."""
    user = User.objects.select_for_update().get(pk=form.user.pk)
    if not tokens.check_token(user, token):
        raise LinkUsed
    form.save()
    record(Action.PASSWORD_SET, actor=user, subject=user_subject(user.pk), by="link")


@transaction.atomic
def set_by_owner(form: SetPasswordForm[User]) -> None:
    form.save()
    record(Action.PASSWORD_SET, actor=form.user, subject=user_subject(form.user.pk), by="owner")
