"""The pseudonyms of voters: each entry of a roll gets a credential and an alias before freezing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F, Max, Sum
from django.utils.translation import gettext as _

from accounts.at_rest.batches import write_in_batches
from voting.crypto import text, tracker
from voting.crypto.policies import VoterDisplay
from voting.crypto.roll import RollEntry, roll_hash
from voting.models import BoardIdentity, Election, State, VoterRollEntry
from voting.refusals import StepRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from voting.crypto.manifest import Manifest

CREDENTIAL_BYTES = 16
ALIAS_BYTES = 5


@dataclass(frozen=True, slots=True)
class RollMark:
    """Tells whether a roll is still the one that was hashed, without reading it all again."""

    identity: str
    grouped: bool
    voters: int
    last: int
    total: int
    districts: tuple[tuple[str, int, int], ...]


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
    with_registrars = election.registrars.exists()
    done = 0

    def write(batch: Sequence[int]) -> None:
        nonlocal done
        require_draft(election.pk)
        # Read again under the lock of the election: nobody's pseudonym is ever replaced.
        entries = list(VoterRollEntry.objects.filter(pk__in=batch, credential=""))
        for entry in entries:
            entry.credential = entry.points[0] if with_registrars else new_credential()
            entry.alias = new_alias()
        VoterRollEntry.objects.bulk_update(entries, ["credential", "alias"])
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
    """The roll as it goes onto the board. Raises RollInvalidError."""
    row = public_row(election)
    entries = election.roll.filter(removed_by__isnull=True)
    columns = entries.values_list("credential", "alias", "district", "points")
    return [row(*columns_of_entry) for columns_of_entry in columns.iterator()]


def public_row(election: Election) -> Callable[[str, str, str, list[str]], RollEntry]:
    """Makes the public row of an entry's credential, alias, district and points.

    Aliases stay out of it if voters are hidden, and districts unless a contest is for some of them:
    together with the board they tell more of a voter than is needed.
    """
    return _row_maker(
        hidden=election.board_identity == BoardIdentity.HIDDEN,
        grouped=_is_grouped(election),
        registrars=election.registrars.count(),
    )


def row_by_manifest(manifest: Manifest, entry: VoterRollEntry) -> RollEntry:
    """The same as `public_row_of`, for a frozen election whose manifest was read: no statement."""
    row = _row_maker(
        hidden=manifest.voters == VoterDisplay.HIDDEN,
        grouped=any(contest.groups for contest in manifest.contests),
        registrars=len(manifest.registrars),
    )
    return row(entry.credential, entry.alias, entry.district, entry.points)


def _row_maker(
    *, hidden: bool, grouped: bool, registrars: int
) -> Callable[[str, str, str, list[str]], RollEntry]:
    def row(credential: str, alias: str, district: str, points: list[str]) -> RollEntry:
        return RollEntry(
            credential,
            "" if hidden else alias,
            text.normalise(district) if grouped else "",
            tuple(points[1:registrars]),
        )

    return row


def _is_grouped(election: Election) -> bool:
    """Whether a contest is for the voters of some districts only."""
    return any(election.contests.values_list("groups", flat=True))


def public_rows_of(election: Election, entries: Iterable[VoterRollEntry]) -> list[RollEntry]:
    """The public rows of these entries."""
    row = public_row(election)
    return [row(entry.credential, entry.alias, entry.district, entry.points) for entry in entries]


def public_row_of(election: Election, entry: VoterRollEntry) -> RollEntry:
    """The public row of one entry."""
    (row,) = public_rows_of(election, [entry])
    return row


def marked_hash(election: Election) -> tuple[RollMark, str]:
    """The hash of the roll, and the mark by which a later change of the roll is noticed."""
    mark = mark_of(election)
    return mark, roll_hash(public_roll(election))


def mark_of(election: Election) -> RollMark:
    """Credential and alias are given once, so a change of the hash is an entry more or fewer,
    or another district.
    """
    roll = election.roll.filter(removed_by__isnull=True).exclude(credential="").order_by()
    sums = roll.aggregate(voters=Count("pk"), last=Max("pk"), total=Sum("pk"))
    districts = roll.values_list("district").annotate(sum=Sum("pk"), squares=Sum(F("pk") * F("pk")))
    return RollMark(
        election.board_identity,
        _is_grouped(election),
        sums["voters"],
        sums["last"] or 0,
        int(sums["total"] or 0),
        tuple(sorted((name, int(total), int(squares)) for name, total, squares in districts)),
    )
