"""To whom a sending goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Q

from voting.models import Audience, MailKind, NoReminders, State
from voting.readiness.standings import HAS_ADDRESS, HAS_FACE, HAS_PASSWORD, voters_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from voting.models import Election, VoterRollEntry

CHOICES: Final = tuple(one for one in Audience if one is not Audience.ONE)
# What officials send to many people.
KINDS: Final = (MailKind.INVITATION, MailKind.REMINDER, MailKind.RESULT)

_RULES: Final = {
    Audience.ALL: Q(),
    Audience.NO_PASSWORD: ~HAS_PASSWORD,
    Audience.NO_FACE: ~HAS_FACE,
    Audience.NOT_VOTED: Q(has_voted=False),
    Audience.VOTED: Q(has_voted=True),
}
USUAL: Final = {
    MailKind.INVITATION: Audience.NO_PASSWORD,
    MailKind.REMINDER: Audience.NOT_VOTED,
    MailKind.RESULT: Audience.ALL,
}


def chosen(election: Election, audience: str) -> QuerySet[VoterRollEntry]:
    """Everybody of this audience, with or without an address, in no order of their own."""
    return voters_of(election).filter(_RULES[Audience(audience)]).order_by()


def reachable(election: Election, audience: str, kind: str) -> QuerySet[VoterRollEntry]:
    """Those who get a letter: with an active account and an address, and who want it."""
    voters = chosen(election, audience).filter(HAS_ADDRESS, user__is_active=True)
    if kind == MailKind.REMINDER:
        voters = voters.exclude(pk__in=NoReminders.objects.values("entry"))
    return voters


def usual_kind(election: Election) -> MailKind:
    """What is most likely to be sent at this time of the election."""
    match election.state:
        case State.DRAFT | State.FROZEN:
            return MailKind.INVITATION
        case State.RELEASED:
            return MailKind.RESULT
        case _:
            return MailKind.REMINDER
