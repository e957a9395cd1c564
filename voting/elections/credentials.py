"""The pseudonyms of voters: each entry of a roll gets a credential and an alias before freezing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Sum
from django.utils.translation import gettext as _

from accounts.at_rest.batches import write_in_batches
from voting.crypto import tracker
from voting.crypto.roll import RollEntry, roll_hash
from voting.models import BoardIdentity, Election, State, VoterRollEntry
from voting.refusals import StepRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CREDENTIAL_BYTES = 16
ALIAS_BYTES = 5


@dataclass(frozen=True, slots=True)
class RollMark:
    """Tells whether a roll is still the one that was hashed, without reading it all again."""

    identity: str
    voters: int
    last: int
    total: int


def new_credential() -> str:
    return secrets.token_hex(CREDENTIAL_BYTES)


def new_alias() -> str:
    """Something like V-7H2K9QXM: 40 random bits in eight letters of five bits each."""
    number = secrets.randbits(ALIAS_BYTES * 8)
    letters = (tracker.ALPHABET[number >> 5 * place & 31] for place in range(8))
    return "V-" + "".join(letters)


def give_missing(election: Election, report: Callable[[int, int], None]) -> None:
    """Give every entry of a draft's roll its pseudonyms, in short batches. Raises StepRefused.

    `report` is told in each batch how many entries are done, and of how many.
    """
    without = list(election.roll.filter(credential="").values_list("pk", flat=True))
    done = 0

    def write(batch: Sequence[int]) -> None:
        nonlocal done
        require_draft(election.pk)
        for pk in batch:
            VoterRollEntry.objects.filter(pk=pk, credential="").update(
                credential=new_credential(), alias=new_alias()
            )
        done += len(batch)
        report(done, len(without))

    write_in_batches(without, write)


def require_draft(election_id: int) -> Election:
    """The election, locked until the transaction ends. Raises StepRefused if it is no draft."""
    locked = Election.objects.select_for_update().get(pk=election_id)
    if locked.state != State.DRAFT:
        raise StepRefused(_("This election is frozen already."))
    return locked


def public_roll(election: Election) -> list[RollEntry]:
    """The roll as it goes onto the board: credentials, and aliases unless voters are hidden."""
    hidden = election.board_identity == BoardIdentity.HIDDEN
    entries = election.roll.filter(removed_by__isnull=True).values_list("credential", "alias")
    return [
        RollEntry(credential, "" if hidden else alias) for credential, alias in entries.iterator()
    ]


def marked_hash(election: Election) -> tuple[RollMark, str]:
    """The hash of the roll, and the mark by which a later change of the roll is noticed."""
    mark = mark_of(election)
    return mark, roll_hash(public_roll(election))


def mark_of(election: Election) -> RollMark:
    """Entries get their pseudonyms once, so a change of the hash is an entry more or fewer."""
    roll = election.roll.filter(removed_by__isnull=True).exclude(credential="").order_by()
    sums = roll.aggregate(voters=Count("pk"), last=Max("pk"), total=Sum("pk"))
    return RollMark(
        election.board_identity, sums["voters"], sums["last"] or 0, int(sums["total"] or 0)
    )
