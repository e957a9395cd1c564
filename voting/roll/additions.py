"""The voters whom a change adds to a frozen roll, checked as strictly as those of a file."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from voting.elections.credentials import new_alias, new_credential
from voting.models import VoterRollEntry, number_key
from voting.refusals import StepRefused
from voting.roll.accounts import Accounts
from voting.roll.reading.file import flaw

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from voting.models import RollChange

FIELDS: Final = ("voter_number", "name", "date_of_birth", "district", "username")


def entries_to_add(change: RollChange) -> list[VoterRollEntry]:
    """The new entries, not saved. Reads all accounts: call it before a transaction writes.

    Raises StepRefused for everything that would keep a voter from voting later.
    """
    if not isinstance(change.add, list):
        raise StepRefused(_("Voters to add are a list."))
    if not change.add:
        return []
    accounts, today = Accounts(), timezone.localdate()
    entries = [_entry(change, row, accounts, today) for row in change.add]
    require_free(entries, numbers=set(), users=set())
    return entries


def require_free(
    entries: Sequence[VoterRollEntry], *, numbers: AbstractSet[str], users: AbstractSet[int | None]
) -> None:
    """Raises StepRefused if a number or an account is among the taken ones or stands twice."""
    for entry in entries:
        number = {"number": entry.voter_number}
        if entry.number_key in numbers:
            raise StepRefused(_("The voter number %(number)s is already on the roll.") % number)
        if entry.user_id in users:
            words = _("The account for voter number %(number)s is already on the roll.")
            raise StepRefused(words % number)
        numbers |= {entry.number_key}
        users |= {entry.user_id}


def _entry(change: RollChange, row: Any, accounts: Accounts, today: dt.date) -> VoterRollEntry:
    values = _values(row)
    for name, value in values.items():
        if words := flaw(name, value, today):
            raise StepRefused(_("“%(name)s”: %(words)s") % {"name": name, "words": words})
    user_id = accounts.find(values["username"])
    if user_id is None:
        raise StepRefused(
            _("There is no account of this name: %(name)s") % {"name": values["username"]}
        )
    points = points_of(change, values["voter_number"])
    born = values["date_of_birth"]
    if change.election.ask_date_of_birth and not born:
        raise StepRefused(_("This election asks for the date of birth: give it for each voter."))
    return VoterRollEntry(
        election_id=change.election_id,
        user_id=user_id,
        name=values["name"],
        voter_number=values["voter_number"],
        number_key=number_key(values["voter_number"]),
        date_of_birth=dt.date.fromisoformat(born) if born else None,
        district=values["district"],
        points=points,
        credential=points[0] if points else new_credential(),
        alias=new_alias(),
        added_by=change if change.pk else None,
    )


def points_of(change: RollChange, voter_number: str) -> list[str]:
    """The points that the registrars' files give a voter who is added.

    Empty if the election has no registrars, or if a file has not arrived yet.
    """
    files = [change.registrar_files.get(str(index)) for index in (1, 2)]
    key = number_key(voter_number)
    return [file["points"][key] for file in files if file and key in file["points"]]


def _values(row: Any) -> dict[str, str]:
    """All columns of one voter as text. Raises StepRefused."""
    fits = isinstance(row, dict) and row.keys() <= set(FIELDS)
    if not fits or not all(isinstance(value, str) for value in row.values()):
        raise StepRefused(_("A voter to add has a name, voter_number and username."))
    return {name: row.get(name, "").strip() for name in FIELDS}
