"""What stands in one letter: the values of its variables, and the message itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.core.mail.utils import DNS_NAME
from django.urls import reverse
from django.utils.formats import localize
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from voting.ballots.casting import live_tracker
from voting.crypto.tracker import human
from voting.mailing.html_part import html_page
from voting.mailing.variables import fill, fill_line
from voting.models import MailKind

if TYPE_CHECKING:
    import datetime as dt

    from voting.models import Election, Mailing, VoterRollEntry

NO_REMINDERS_SALT: Final = "voting.no_reminders"
AUTOMATIC: Final = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


@dataclass(frozen=True, slots=True)
class Link:
    """The link of one letter, and until when it works (None: as long as the page is there)."""

    address: str
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as its reader sees it."""

    to: str
    subject: str
    text: str


def election_address(election: Election, site: str) -> str:
    """Where a voter goes on: a draft has no page of its own yet."""
    if election.is_public:
        return site + reverse("voting:election", args=[election.slug])
    return site + reverse("accounts:sign-in")


def common_values(election: Election, site: str) -> dict[str, str]:
    return {
        "election": election.title,
        "site": site,
        "office": settings.OFFICE_CONTACT or _("Ask the election office."),
        "opens": _moment(election.opens_at),
        "closes": _moment(election.closes_at),
        "fingerprint": _short(election.fingerprint),
        "results": site + reverse("voting:results", args=[election.slug]),
        "check": site + reverse("voting:verify"),
    }


def values_of(election: Election, entry: VoterRollEntry, link: Link, site: str) -> dict[str, str]:
    """All variables of a letter to a voter."""
    words = _("The link works once, until %(when)s.")
    token = signing.dumps(entry.pk, salt=NO_REMINDERS_SALT)
    return common_values(election, site) | {
        "name": entry.name,
        "voter_number": entry.voter_number,
        "username": entry.user.get_username() if entry.user else "",
        "link": link.address,
        "link_until": words % {"when": _moment(link.until)} if link.until else "",
        "no_reminders": site + reverse("voting:no-reminders", args=[token]),
    }


def receipt_values(election: Election, entry: VoterRollEntry, site: str) -> dict[str, str]:
    """The tracker of the ballot that counts, read when the letter is sent and kept nowhere."""
    tracker = live_tracker(election, entry) or ""
    path = reverse("voting:receipt", args=[election.slug, tracker]) if tracker else ""
    return {"tracker": human(tracker) if tracker else "", "receipt": site + path}


def letter(mailing: Mailing, to: str, values: dict[str, str]) -> Letter:
    return Letter(to, fill_line(mailing.subject, values), fill(mailing.body, values))


def message(
    written: Letter, *, kind: str, message_id: str, no_reminders: str = ""
) -> EmailMultiAlternatives:
    headers = {**AUTOMATIC, "Message-ID": message_id}
    if kind == MailKind.REMINDER and no_reminders:
        headers["List-Unsubscribe"] = f"<{no_reminders}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made = EmailMultiAlternatives(
        written.subject, written.text, settings.DEFAULT_FROM_EMAIL, [written.to], headers=headers
    )
    made.attach_alternative(html_page(written.text), "text/html")
    return made


def message_id(secret: str) -> str:
    """Whoever sends a bounce for it must have seen the letter: nobody can guess the name."""
    _name, _at, domain = settings.DEFAULT_FROM_EMAIL.rstrip(">").rpartition("@")
    return f"<{secret}@{domain or DNS_NAME}>"


def _moment(moment: dt.datetime | None) -> str:
    return str(localize(localtime(moment))) if moment else _("not fixed yet")


def _short(fingerprint: str) -> str:
    return fingerprint and human(fingerprint)
