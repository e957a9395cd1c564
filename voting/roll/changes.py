"""Changing a frozen roll: one official proposes, another approves, the board publishes it.

While the election is frozen and not yet open, an approved change waits: the manifest holds the hash
of the roll as it was frozen, and there is no board yet. It is applied right after the opening, as
the first events of the board.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.audit import Action, record
from voting.board import appending as boards
from voting.board.officials import pseudonyms
from voting.crypto.board import bodies
from voting.crypto.board.chain import BoardEventKind
from voting.crypto.group import point_from_hex
from voting.crypto.proofs import Proof
from voting.crypto.registrars.points import holds_change
from voting.crypto.roll import roll_hash
from voting.elections import two_officials
from voting.elections.credentials import public_roll, public_rows_of
from voting.models import (
    Election,
    RollChange,
    State,
    VoterRollEntry,
    election_subject,
    number_key,
)
from voting.refusals import StepRefused
from voting.roll.additions import entries_to_add, require_free

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from accounts.models import User

PERMISSION: Final = "voting.change_frozen_roll"
CHANGEABLE = (State.FROZEN, State.OPEN)


def propose(change: RollChange, *, actor: User) -> None:
    """Save a new change. Raises StepRefused if it could not be applied, or not by this official."""
    two_officials.require_proposer(actor, PERMISSION)
    check(change)
    change.proposed_by, change.approved_by = actor, None
    with transaction.atomic():
        change.save()
        _record(Action.ROLL_CHANGE_PROPOSED, change, actor)


def check(change: RollChange) -> list[VoterRollEntry]:
    """The entries that it would add. Raises StepRefused if it could not be applied."""
    _require_changeable(change.election)
    if not change.add and not change.remove:
        raise StepRefused(_("Name voters to add or to remove."))
    added = entries_to_add(change)
    earlier = _earlier(change)
    gone = earlier.removed | {entry.number_key for entry in _entries_to_remove(change, earlier)}
    roll = _on_roll(change.election).exclude(number_key__in=gone)
    numbers = roll.filter(number_key__in=[entry.number_key for entry in added])
    users = roll.filter(user_id__in=[entry.user_id for entry in added])
    require_free(
        added,
        numbers=earlier.numbers.union(numbers.values_list("number_key", flat=True)),
        users=earlier.users.union(users.values_list("user_id", flat=True)),
    )
    return added


def approve(change: RollChange, *, actor: User, now: dt.datetime) -> None:
    """Apply a proposed change and append it to the board, or let it wait for the opening.

    Raises StepRefused.
    """
    two_officials.require_second_official(actor, PERMISSION, change, now=now)
    added = check(change)
    with transaction.atomic():
        election = Election.objects.select_for_update().get(pk=change.election_id)
        _require_changeable(election)
        change.refresh_from_db()
        _signatures(election, change, added, credentials_to_remove(change))
        two_officials.mark_approved(change, actor=actor)
        if election.state == State.OPEN:
            _apply(election, change, added, now)
        _record(Action.ROLL_CHANGE_APPROVED, change, actor)


@transaction.atomic
def decline(change: RollChange, *, actor: User) -> None:
    """Decide against it; who proposed it may also take it back. Raises StepRefused."""
    two_officials.mark_declined(change, actor=actor, permission=PERMISSION)
    _record(Action.ROLL_CHANGE_DECLINED, change, actor)


def proposed() -> QuerySet[RollChange]:
    """The changes that another official can still approve."""
    changeable = RollChange.objects.filter(election__state__in=CHANGEABLE)
    return changeable.filter(approved_by=None, declined_by=None)


def _record(action: Action, change: RollChange, actor: User) -> None:
    subject = election_subject(change.election_id)
    record(action, actor=actor, subject=subject, change=change.pk)


def same_voters(election: Election, numbers: list[str]) -> list[dict[str, str]]:
    """The voters with these numbers as rows that add them again. Raises StepRefused."""
    keys = {number_key(number) for number in numbers}
    entries = list(_on_roll(election).filter(number_key__in=keys).select_related("user"))
    if len(entries) != len(numbers):
        raise StepRefused(_("A voter number for a new code is not on the roll, or stands twice."))
    return [
        {
            "voter_number": entry.voter_number,
            "name": entry.name,
            "date_of_birth": entry.date_of_birth.isoformat() if entry.date_of_birth else "",
            "district": entry.district,
            "username": entry.user.get_username() if entry.user else "",
        }
        for entry in entries
    ]


def credentials_to_remove(change: RollChange) -> list[str]:
    """The credentials that the change removes, sorted. Raises StepRefused."""
    entries = _entries_to_remove(change, _earlier(change))
    return sorted(entry.credential for entry in entries)


def waiting(election: Election) -> QuerySet[RollChange]:
    """Approved changes that are not on the roll yet, in the order of their proposal."""
    approved = RollChange.objects.filter(election=election, approved_by__isnull=False)
    return approved.filter(added__isnull=True, removed__isnull=True).order_by("pk")


def apply_waiting(change: RollChange, *, now: dt.datetime) -> None:
    """Apply a change that waited for the opening. Raises StepRefused."""
    added = check(change)
    with transaction.atomic():
        _apply(Election.objects.get(pk=change.election_id), change, added, now)


def _apply(
    election: Election, change: RollChange, added: list[VoterRollEntry], now: dt.datetime
) -> None:
    # The board is locked first: somebody who is to be removed may be casting a ballot now.
    board = boards.lock(election)
    removed = _entries_to_remove(change, Earlier())
    removable = VoterRollEntry.objects.filter(
        pk__in=[entry.pk for entry in removed], has_voted=False, removed_by__isnull=True
    )
    if removable.update(removed_by=change) != len(removed):
        raise StepRefused(_("Somebody who has voted can not be removed."))
    try:
        VoterRollEntry.objects.bulk_create(added)
    except IntegrityError as error:
        raise StepRefused(_("A voter number or account is already on the roll.")) from error
    credentials = [entry.credential for entry in removed]
    body = bodies.roll_body(
        add=public_rows_of(election, added),
        remove=credentials,
        officials=pseudonyms(change.proposed_by_id, change.approved_by_id),
        new_hash=roll_hash(public_roll(election)),
        signatures=_signatures(election, change, added, credentials),
    )
    boards.append(board, BoardEventKind.ROLL, body, now)


def _signatures(
    election: Election, change: RollChange, added: list[VoterRollEntry], removed: list[str]
) -> list[Proof]:
    """The registrars' signatures under this very change. Raises StepRefused if one is missing."""
    registrars = list(election.registrars.all()) if added else []
    signatures = []
    for registrar in registrars:
        file = change.registrar_files.get(str(registrar.index))
        if file is None:
            raise StepRefused(
                _("The file of the registrar %(name)s for this change is missing.")
                % {"name": registrar.name}
            )
        signature = Proof.from_list(file["signature"])
        points = [point_from_hex(entry.points[registrar.index - 1]) for entry in added]
        key = point_from_hex(registrar.key)
        about = (election.fingerprint, registrar.index, key)
        if not holds_change(signature, *about, add=points, remove=removed):
            raise StepRefused(
                _("The file of the registrar %(name)s is for another change.")
                % {"name": registrar.name}
            )
        signatures.append(signature)
    return signatures


@dataclass(frozen=True, slots=True)
class Earlier:
    """What approved changes that wait for the opening will have done to the roll."""

    removed: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    users: frozenset[int] = frozenset()

    def then(self, change: RollChange, added: list[VoterRollEntry]) -> Earlier:
        return Earlier(
            self.removed | {number_key(number) for number in change.remove},
            self.numbers | {entry.number_key for entry in added},
            self.users | {entry.user_id for entry in added if entry.user_id},
        )


def _earlier(change: RollChange) -> Earlier:
    earlier = Earlier()
    # Once the election is open, a change that still waits is one that no longer fits.
    if change.election.state != State.FROZEN:
        return earlier
    for one in waiting(change.election):
        with suppress(StepRefused):
            earlier = earlier.then(one, entries_to_add(one))
    return earlier


def _require_changeable(election: Election) -> None:
    if election.state not in CHANGEABLE:
        raise StepRefused(_("A roll can be changed in this way from freezing until closing."))


def _on_roll(election: Election) -> QuerySet[VoterRollEntry]:
    return VoterRollEntry.objects.filter(election=election, removed_by__isnull=True)


def _entries_to_remove(change: RollChange, earlier: Earlier) -> list[VoterRollEntry]:
    if not isinstance(change.remove, list) or not all(isinstance(n, str) for n in change.remove):
        raise StepRefused(_("Voters to remove are a list of voter numbers."))
    keys = {number_key(number) for number in change.remove}
    entries = list(_on_roll(change.election).filter(number_key__in=keys - earlier.removed))
    if len(entries) != len(keys):
        raise StepRefused(_("A voter number to be removed is not on the roll."))
    if any(entry.has_voted for entry in entries):
        raise StepRefused(_("Somebody who has voted can not be removed."))
    return entries
