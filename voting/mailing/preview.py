"""A letter as three real voters would get it, and a test letter to oneself."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.core.mail import get_connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.invitations.links import life_of
from accounts.models import LinkPurpose
from voting.mailing import contents
from voting.mailing.audiences import chosen, reachable
from voting.mailing.html_part import html_body
from voting.mailing.preparing import WITH_OWN_LINK
from voting.mailing.variables import fill, fill_line
from voting.models import MailKind

if TYPE_CHECKING:
    from voting.mailing.texts import Words
    from voting.models import Election, VoterRollEntry

SHOWN: Final = 3
# In place of a secret: no link is made for a letter that is only looked at.
SAMPLE: Final = "EXAMPLE"


@dataclass(frozen=True, slots=True)
class Preview:
    to: str
    subject: str
    text: str
    html: str


def previews(
    election: Election, kind: str, audience: str, words: Words, *, site: str
) -> list[Preview]:
    """For the first voters of an audience; those with an address before the others."""
    voters = reachable(election, audience, kind).select_related("user").order_by("number_key")
    found = list(voters[:SHOWN])
    if not found:
        others = chosen(election, audience).select_related("user").order_by("number_key")
        found = list(others[:SHOWN])
    return [_preview(election, kind, entry, words, site) for entry in found]


def send_test(
    election: Election, kind: str, audience: str, words: Words, *, site: str, address: str
) -> bool:
    """Send the first voter's letter to an official, marked as a test. Its link opens nothing.

    False if there is no voter to show. Raises OSError if the mail cannot be sent.
    """
    shown = previews(election, kind, audience, words, site=site)
    if not shown:
        return False
    letter = contents.Letter(address, _("TEST: ") + shown[0].subject, shown[0].text)
    number = contents.message_id(secrets.token_urlsafe(16))
    get_connection().send_messages([contents.message(letter, kind=kind, message_id=number)])
    return True


def _preview(
    election: Election, kind: str, entry: VoterRollEntry, words: Words, site: str
) -> Preview:
    values = contents.values_of(election, entry, _sample_link(election, kind, entry, site), site)
    if kind == MailKind.RECEIPT:
        values |= {"tracker": f"{SAMPLE}-TRACKER", "receipt": f"{site}/{SAMPLE}/"}
    if kind == MailKind.TRUSTEE:
        values |= {"link": site + reverse("voting:trustee", args=[SAMPLE])}
    text = fill(words.body, values)
    to = entry.user.email if entry.user else ""
    return Preview(to, fill_line(words.subject, values), text, html_body(text))


def _sample_link(election: Election, kind: str, entry: VoterRollEntry, site: str) -> contents.Link:
    if kind in WITH_OWN_LINK and (entry.user is None or not entry.user.has_usable_password()):
        until = timezone.now() + life_of(LinkPurpose.INVITATION)
        return contents.Link(site + reverse("accounts:set-password", args=[SAMPLE]), until)
    return contents.Link(contents.election_address(election, site))
