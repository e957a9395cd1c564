"""Writes the planned rows of a roll's file. Each call is one short batch."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from voting.models import Election, State, VoterRollEntry, number_key
from voting.refusals import StepRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voting.roll.plan import PlannedRow


def write_rows(election_id: int, rows: Sequence[PlannedRow]) -> None:
    """Raises StepRefused if the election is no draft any more, and IntegrityError if a row does
    not fit because somebody else has changed the roll or the accounts.
    """
    require_draft(Election.objects.select_for_update().get(pk=election_id))
    users = _make_accounts(rows)
    new = [row for row in rows if row.entry_id is None]
    VoterRollEntry.objects.bulk_create(
        VoterRollEntry(election_id=election_id, **_columns(row, users)) for row in new
    )
    for row in rows:
        if row.entry_id is not None:
            VoterRollEntry.objects.filter(pk=row.entry_id).update(**_columns(row, users))


def require_draft(election: Election) -> None:
    """Raises StepRefused."""
    if election.state != State.DRAFT:
        raise StepRefused(_("The roll of a frozen election is not imported into."))


def _make_accounts(rows: Sequence[PlannedRow]) -> dict[str, int]:
    """Make the accounts that do not exist yet. Returns them by user name."""
    users = []
    for row in rows:
        if row.new_username:
            user = get_user_model()(username=row.new_username, email=row.email)
            user.set_unusable_password()
            users.append(user)
    return {user.username: user.pk for user in get_user_model().objects.bulk_create(users)}


def _columns(row: PlannedRow, users: dict[str, int]) -> dict[str, Any]:
    values = row.after
    born = dt.date.fromisoformat(values.date_of_birth) if values.date_of_birth else None
    return {
        "voter_number": values.voter_number,
        "number_key": number_key(values.voter_number),
        "name": values.name,
        "date_of_birth": born,
        "district": values.district,
        "user_id": users.get(row.new_username, row.user_id),
    }
