"""Changing a frozen roll: one official proposes, another approves, the board publishes it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.audit import Action, record
from voting.board import appending as boards
from voting.crypto import chain
from voting.crypto.chain import BoardEventKind
from voting.crypto.roll import RollEntry, roll_hash
from voting.elections.freezing import new_alias, new_credential, public_roll
from voting.models import (
    BoardIdentity,
    Election,
    RollChange,
    State,
    VoterRollEntry,
    election_subject,
    number_key,
)
from voting.refusals import StepRefused

if TYPE_CHECKING:
    from accounts.models import User

PERMISSION = "voting.change_frozen_roll"
FIELDS = {"name", "voter_number", "date_of_birth", "district", "username"}


@transaction.atomic
def propose(change: RollChange, *, actor: User) -> None:
    """Save a new change. Raises StepRefused if it could not be applied, or not by this official."""
    _require_allowed(actor)
    check(change)
    change.proposed_by, change.approved_by = actor, None
    change.save()
    record(
        Action.ROLL_CHANGE_PROPOSED,
        actor=actor,
        subject=election_subject(change.election_id),
        change=change.pk,
    )


def _require_allowed(actor: User) -> None:
    """Not only the page asks this: whoever calls these functions is held to it."""
    if not actor.is_active or not actor.has_perm(PERMISSION):
        raise StepRefused(_("You may not change a frozen roll."))


def check(change: RollChange) -> None:
    """Raises StepRefused if the change could not be applied to the roll as it is now."""
    _require_changeable(change.election)
    _entries_to_add(change)
    _entries_to_remove(change)


@transaction.atomic
def approve(change: RollChange, *, actor: User, now: dt.datetime) -> None:
    """Apply a proposed change and append it to the board. Raises StepRefused."""
    _require_allowed(actor)
    election = Election.objects.select_for_update().get(pk=change.election_id)
    _require_changeable(election)
    if change.proposed_by_id == actor.pk:
        raise StepRefused(_("Another official must approve what you proposed."))
    pending = RollChange.objects.filter(pk=change.pk, approved_by__isnull=True)
    if pending.update(approved_by=actor) != 1:
        raise StepRefused(_("This change has been approved already."))
    change.refresh_from_db()
    _apply(election, change, now)
    record(
        Action.ROLL_CHANGE_APPROVED,
        actor=actor,
        subject=election_subject(election.pk),
        change=change.pk,
    )


def _apply(election: Election, change: RollChange, now: dt.datetime) -> None:
    # The board is locked first: somebody who is to be removed may be casting a ballot now.
    board = boards.lock(election) if election.state == State.OPEN else None
    removed = _entries_to_remove(change)
    added = _entries_to_add(change)
    removable = VoterRollEntry.objects.filter(
        pk__in=[entry.pk for entry in removed], has_voted=False, removed_by__isnull=True
    )
    if removable.update(removed_by=change) != len(removed):
        raise StepRefused(_("Somebody who has voted can not be removed."))
    try:
        VoterRollEntry.objects.bulk_create(added)
    except IntegrityError as error:
        raise StepRefused(_("A voter number or account is already on the roll.")) from error
    if board is not None:
        hidden = election.board_identity == BoardIdentity.HIDDEN
        body = chain.roll_body(
            add=[RollEntry(e.credential, "" if hidden else e.alias) for e in added],
            remove=[entry.credential for entry in removed],
            officials=(f"official:{change.proposed_by_id}", f"official:{change.approved_by_id}"),
            new_hash=roll_hash(public_roll(election)),
        )
        boards.append(board, BoardEventKind.ROLL, body, now)


def _require_changeable(election: Election) -> None:
    if election.state != State.OPEN:
        raise StepRefused(_("The roll can be changed in this way while the election is open."))


def _entries_to_remove(change: RollChange) -> list[VoterRollEntry]:
    if not isinstance(change.remove, list) or not all(isinstance(n, str) for n in change.remove):
        raise StepRefused(_("Voters to remove are a list of voter numbers."))
    keys = {number_key(number) for number in change.remove}
    entries = list(
        VoterRollEntry.objects.filter(
            election_id=change.election_id, number_key__in=keys, removed_by__isnull=True
        )
    )
    if len(entries) != len(keys):
        raise StepRefused(_("A voter number to be removed is not on the roll."))
    if any(entry.has_voted for entry in entries):
        raise StepRefused(_("Somebody who has voted can not be removed."))
    return entries


def _entries_to_add(change: RollChange) -> list[VoterRollEntry]:
    if not isinstance(change.add, list):
        raise StepRefused(_("Voters to add are a list."))
    return [_new_entry(change, row) for row in change.add]


def _new_entry(change: RollChange, row: Any) -> VoterRollEntry:
    if not isinstance(row, dict) or not row.keys() <= FIELDS:
        raise StepRefused(_("A voter to add has a name, voter_number and username."))
    if not all(isinstance(value, str) for value in row.values()) or not row.get("voter_number"):
        raise StepRefused(_("A voter to add has a name, voter_number and username."))
    user = get_user_model().objects.filter(username=row.get("username", "")).first()
    if user is None:
        raise StepRefused(
            _("There is no account of this name: %(name)s") % {"name": row.get("username", "")}
        )
    return VoterRollEntry(
        election_id=change.election_id,
        user=user,
        name=row.get("name", ""),
        voter_number=row["voter_number"],
        number_key=number_key(row["voter_number"]),
        date_of_birth=_date(row.get("date_of_birth", "")),
        district=row.get("district", ""),
        credential=new_credential(),
        alias=new_alias(),
        added_by=change if change.pk else None,
    )


def _date(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise StepRefused(_("A date is written like 1980-12-31.")) from error
