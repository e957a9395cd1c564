"""Makes the messages of a few letters, and stores the hashes of their links at once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from accounts.invitations import links
from accounts.models import LinkPurpose, OneTimeLink
from accounts.proposals.protected import SecondOfficialNeeded
from voting.keys import naming
from voting.mailing import contents
from voting.models import Mail, MailKind, MailState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.mail import EmailMultiAlternatives

    from voting.models import Mailing

WITH_OWN_LINK = (MailKind.INVITATION, MailKind.REMINDER)


@dataclass(frozen=True, slots=True)
class Prepared:
    mail: Mail
    message: EmailMultiAlternatives
    link: OneTimeLink | None = None


def prepare(mailing: Mailing, rows: list[Mail]) -> Iterator[Prepared]:
    """The messages, in order. A link's secret is in its message and nowhere else."""
    new = _own_links(mailing, rows)
    OneTimeLink.objects.bulk_create([link.row for link in new.values()])
    for row in rows:
        if row.trustee_id is not None:
            yield from _to_trustee(mailing, row)
        else:
            yield _to_voter(mailing, row, new.get(row.pk))


def _own_links(mailing: Mailing, rows: list[Mail]) -> dict[int, links.NewLink]:
    """Links to set a password, for those who have none, by the row of their letter."""
    if mailing.kind not in WITH_OWN_LINK:
        return {}
    now = timezone.now()
    return {
        row.pk: links.prepare(row.entry.user, LinkPurpose.INVITATION, now=now)
        for row in rows
        if row.entry and row.entry.user and not row.entry.user.has_usable_password()
    }


def _to_voter(mailing: Mailing, row: Mail, new: links.NewLink | None) -> Prepared:
    entry = row.entry
    if entry is None or entry.user is None:
        raise ValueError("a letter to a voter without an account")
    if new is None:
        link = contents.Link(contents.election_address(mailing.election, mailing.site))
    else:
        link = contents.Link(mailing.site + new.path, new.row.expires_at)
    values = contents.values_of(mailing.election, entry, link, mailing.site)
    if mailing.kind == MailKind.RECEIPT:
        values |= contents.receipt_values(mailing.election, entry, mailing.site)
    message = contents.message(
        contents.letter(mailing, row.address or entry.user.email, values),
        kind=mailing.kind,
        message_id=contents.message_id(secrets.token_urlsafe(16)),
        no_reminders=values["no_reminders"],
    )
    return Prepared(row, message, new.row if new else None)


def _to_trustee(mailing: Mailing, row: Mail) -> Iterator[Prepared]:
    """Nothing if the trustee has registered meanwhile: then a new link takes two officials."""
    trustee = row.trustee
    if trustee is None:
        raise ValueError("a letter to a trustee without one")
    try:
        token = naming.renew_link(trustee, actor=mailing.asked_by)
    except SecondOfficialNeeded:
        waiting = Mail.objects.filter(pk=row.pk, state=MailState.WAITING)
        waiting.update(state=MailState.REFUSED, answer="the trustee has registered meanwhile")
        return
    values = contents.common_values(mailing.election, mailing.site) | {
        "name": trustee.name,
        "link": mailing.site + reverse("voting:trustee", args=[token]),
    }
    number = contents.message_id(secrets.token_urlsafe(16))
    letter = contents.letter(mailing, row.address, values)
    yield Prepared(row, contents.message(letter, kind=mailing.kind, message_id=number))
