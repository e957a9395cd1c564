"""The variables of a letter's text, such as {name}: which there are, and filling them in.

Only these names are replaced. There are no expressions, so a text can read nothing else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voting.models import MailKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrPromise

EVERYWHERE: Final = ("name", "voter_number", "username", "election", "site", "office")
DATES: Final = ("opens", "closes")

VARIABLES: Final[dict[str, tuple[str, ...]]] = {
    MailKind.INVITATION: (*EVERYWHERE, *DATES, "link", "link_until", "fingerprint"),
    MailKind.REMINDER: (*EVERYWHERE, *DATES, "link", "link_until", "fingerprint", "no_reminders"),
    MailKind.RESULT: (*EVERYWHERE, "results"),
    MailKind.RECEIPT: (*EVERYWHERE, "tracker", "fingerprint", "receipt", "check"),
    MailKind.TRUSTEE: ("name", "election", "site", "office", "link"),
    MailKind.LETTER: (*EVERYWHERE, *DATES, "link", "fingerprint"),
}
# Without these a letter of the kind is of no use.
NEEDED: Final[dict[str, tuple[str, ...]]] = {
    MailKind.INVITATION: ("link",),
    MailKind.REMINDER: ("link",),
    MailKind.RESULT: ("results",),
    MailKind.RECEIPT: ("tracker", "check"),
    MailKind.TRUSTEE: ("link",),
    MailKind.LETTER: ("voter_number", "link"),
}
# Secret, or longer than a subject should be.
NOT_IN_SUBJECT: Final = {"link", "tracker", "no_reminders", "receipt", "check"}

MEANINGS: Final[dict[str, StrPromise]] = {
    "name": gettext_lazy("the person's name"),
    "voter_number": gettext_lazy("the voter number"),
    "username": gettext_lazy("the user name, by which the voter signs in"),
    "election": gettext_lazy("the title of the election"),
    "site": gettext_lazy("the address of this site"),
    "office": gettext_lazy("how to reach the election office"),
    "opens": gettext_lazy("when the election opens"),
    "closes": gettext_lazy("when the election closes"),
    "link": gettext_lazy(
        "the voter's own link: to set the first password, or to the election if there is a "
        "password; on paper the address of the election"
    ),
    "link_until": gettext_lazy("until when that link works"),
    "fingerprint": gettext_lazy("the fingerprint of the election; empty before it is frozen"),
    "results": gettext_lazy("the address of the result"),
    "tracker": gettext_lazy("the tracker of the voter's ballot"),
    "receipt": gettext_lazy("the address of the receipt"),
    "check": gettext_lazy("the address where a tracker is checked"),
    "no_reminders": gettext_lazy("the address that stops reminders"),
}

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def problems(kind: str, subject: str, body: str) -> list[str]:
    """A sentence for each reason why these words cannot be sent; empty if they can."""
    known = VARIABLES[kind]
    found = [*_problems_of(subject, known), *_problems_of(body, known)]
    for name in sorted(NOT_IN_SUBJECT & set(names_in(subject))):
        found.append(_("{%(name)s} must not stand in the subject.") % {"name": name})
    for name in NEEDED[kind]:
        if name not in names_in(body):
            found.append(_("The text must have {%(name)s} in it.") % {"name": name})
    return list(dict.fromkeys(found))


def names_in(text: str) -> list[str]:
    return [found.group(1) for found in _PIECE.finditer(text) if found.group(1) is not None]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Replace each variable; {{ and }} are braces. What a value holds is not looked at again.

    Raises KeyError for a name without a value: `problems` finds those when a text is saved.
    """

    def replaced(found: re.Match[str]) -> str:
        name = found.group(1)
        return found.group(0)[0] if name is None else values[name]

    return _PIECE.sub(replaced, text)


def fill_line(text: str, values: Mapping[str, str]) -> str:
    """As `fill`, in one line: a name with a line break must not begin another header."""
    # Splitting takes every sign that begins a new line, also those of Unicode.
    return _CONTROL.sub("", " ".join(fill(text, values).split()))


def _problems_of(text: str, known: tuple[str, ...]) -> list[str]:
    found = []
    for piece in _PIECE.finditer(text):
        name = piece.group(1)
        if name is None and len(piece.group(0)) == 1:
            words = _("“%(sign)s” stands alone. Type it twice if it is meant as a sign.")
            found.append(words % {"sign": piece.group(0)})
        elif name is not None and name not in known:
            words = _("{%(name)s} is no variable of this kind of letter.")
            found.append(words % {"name": name})
    return found
