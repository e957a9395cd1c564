"""Deleting an account: it is emptied, and its number stays, because the audit log names it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.dispatch import Signal

from accounts.audit import Action, record, user_subject
from accounts.models import AccessOverride, Proposal, SealedDevice, User
from accounts.proposals.protected import is_on_a_fixed_roll

if TYPE_CHECKING:
    from datetime import datetime

# Sent with `user` in the transaction: the other applications erase what they keep of the person.
account_emptied = Signal()
DELETED = "deleted-{}"


class DeletionRefused(Exception):
    """The person is on the roll of an election that is not over: the account must stay until then.

    Otherwise a roll would name a voter who can no longer vote.
    """


@transaction.atomic
def delete_account(user: User, *, actor: User | None, now: datetime) -> None:
    """Erase everything that says who the person is, and end every way in. Raises DeletionRefused.

    What stays: a row with the number alone, the audit log, which names people by number, and the
    entries of rolls until these are purged.
    """
    account = User.objects.select_for_update().get(pk=user.pk)
    if is_on_a_fixed_roll(account):
        raise DeletionRefused
    _empty(account)
    _forget_rows(account)
    account_emptied.send(sender=None, user=account, now=now)
    record(Action.USER_DELETED, actor=actor, subject=user_subject(account.pk))


def _empty(account: User) -> None:
    account.username = DELETED.format(account.pk)
    account.first_name = account.last_name = account.email = ""
    account.is_active = account.is_staff = account.is_superuser = False
    # No session outlives its owner's password.
    account.set_unusable_password()
    account.save()
    account.groups.clear()
    account.user_permissions.clear()


def _forget_rows(account: User) -> None:
    SealedDevice.objects.filter(user=account).delete()
    for rows in (
        *(account.one_time_codes, account.api_tokens, account.account_notices),
        *(account.one_time_links, account.link_requests),
    ):
        rows.all().delete()
    # That there were overrides stays, because results tell how many; why they were given does not.
    AccessOverride.objects.filter(voter=account).update(reason="-")
    Proposal.objects.filter(person=account, decided_at=None).delete()
    # The administration's own list of changes names the rows that were changed.
    LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(account.pk)
    ).update(object_repr=user_subject(account.pk), change_message="")
