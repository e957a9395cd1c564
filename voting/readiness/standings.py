"""How far each voter of an election is on the way to a ballot: what is missing next.

Whoever sends mail to voters, lists them or counts them asks here, so that all speak of the same
people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import (
    Case,
    CharField,
    Count,
    Q,
    TextChoices,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _

from biometrics.models import Reference
from voting.models import VoterRollEntry

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django_stubs_ext import StrPromise

    from voting.models import Election


class Standing(TextChoices):
    """What a voter of an election lacks next. Each voter has exactly one; no table holds it."""

    NO_ADDRESS = "no-address", _("no address")
    NO_PASSWORD = "no-password", _("no password")
    NO_FACE = "no-face", _("no face")
    NEVER_CHECKED = "never-checked", _("never checked")
    READY = "ready", _("ready")
    VOTED = "voted", _("voted")


HAS_ADDRESS: Final = Q(user__isnull=False) & ~Q(user__email="")
HAS_PASSWORD: Final = (
    Q(user__isnull=False)
    & ~Q(user__password="")
    & ~Q(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)
)
# "In a list" and not "exists": PostgreSQL makes one list for all voters, and does not look for
# each of them.
HAS_FACE: Final = Q(user__in=Reference.objects.values("user"))
# The face has passed a face step, or a camera check, at least once.
IS_CHECKED: Final = Q(user__in=Reference.objects.filter(verified_at__isnull=False).values("user"))

# In this order: the first that is true of a voter is the voter's standing.
_RULES: Final = (
    (Standing.VOTED, Q(has_voted=True)),
    (Standing.NO_ADDRESS, ~HAS_ADDRESS & ~HAS_PASSWORD),
    (Standing.NO_PASSWORD, ~HAS_PASSWORD),
    (Standing.NO_FACE, ~HAS_FACE),
    (Standing.NEVER_CHECKED, ~IS_CHECKED),
)

WORDS: Final[dict[Standing, StrPromise]] = {
    Standing.NO_ADDRESS: _("Neither an e-mail address nor a password: needs a letter."),
    Standing.NO_PASSWORD: _("Has an address and no password: needs an invitation."),
    Standing.NO_FACE: _("Has a password; no face is enrolled."),
    Standing.NEVER_CHECKED: _("The face is enrolled and was never tried with a camera."),
    Standing.READY: _("The face was recognised by a camera of this voter."),
    Standing.VOTED: _("Has voted."),
}


@dataclass(frozen=True, slots=True)
class StandingCount:
    standing: Standing
    voters: int

    @property
    def words(self) -> StrPromise:
        return WORDS[self.standing]


def voters_of(election: Election) -> QuerySet[VoterRollEntry]:
    """Everybody on the roll, removed entries left out."""
    return VoterRollEntry.objects.filter(election=election, removed_by__isnull=True)


def with_standing(voters: QuerySet[VoterRollEntry]) -> QuerySet[Any]:
    """The same voters (VoterRollEntry), each with `standing`, the value of a Standing."""
    cases = [When(rule, then=Value(standing.value)) for standing, rule in _RULES]
    case = Case(*cases, default=Value(Standing.READY.value), output_field=CharField())
    return voters.annotate(standing=case)


def in_standing(voters: QuerySet[VoterRollEntry], standing: Standing) -> QuerySet[VoterRollEntry]:
    """Those of the voters who stand there, in no order of their own."""
    for earlier, rule in _RULES:
        if earlier == standing:
            return voters.filter(rule)
        voters = voters.filter(~rule)
    return voters


def standing_counts(election: Election) -> list[StandingCount]:
    """How many voters stand where; one query, every standing is in the list."""
    voters = with_standing(voters_of(election)).order_by()
    counted = dict(
        voters.values("standing").annotate(count=Count("pk")).values_list("standing", "count")
    )
    return [StandingCount(standing, counted.get(standing.value, 0)) for standing in Standing]
