"""What a roll's file would change: it is compared with the roll, and nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from voting.models import number_key
from voting.roll.accounts import Accounts, account_key
from voting.roll.reading.problems import FileProblem

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from voting.models import Election
    from voting.roll.reading.file import RollFile, RollRow

SHOWN: Final = ("voter_number", "name", "date_of_birth", "district", "username")


class RowState(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


class Values(NamedTuple):
    """An entry of the roll as text, in the order of SHOWN."""

    voter_number: str = ""
    name: str = ""
    date_of_birth: str = ""
    district: str = ""
    username: str = ""


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One line of the file. `entry_id` is None for a new entry.

    `user_id` is None without an account; if there is a user name all the same, its account is made,
    with this address.
    """

    line: int
    entry_id: int | None
    before: Values
    after: Values
    user_id: int | None
    email: str

    @property
    def state(self) -> RowState:
        if self.entry_id is None:
            return RowState.NEW
        return RowState.SAME if self.before == self.after else RowState.CHANGED

    @property
    def new_username(self) -> str:
        return "" if self.user_id is not None else self.after.username

    def emptied(self) -> Iterator[str]:
        """The columns that had something and would be empty."""
        for column, before, after in zip(SHOWN, self.before, self.after, strict=True):
            if before and not after:
                yield column


@dataclass(frozen=True, slots=True)
class Plan:
    """`problems` keep the whole file out."""

    rows: list[PlannedRow]
    problems: list[FileProblem]

    def to_write(self) -> list[PlannedRow]:
        return [row for row in self.rows if row.state is not RowState.SAME]


def make_plan(election: Election, file: RollFile, *, create_voters: bool) -> Plan:
    return _Comparison(election, file, create_voters).plan()


class _Known(NamedTuple):
    entry_id: int
    user_id: int | None
    values: Values


class _Comparison:
    def __init__(self, election: Election, file: RollFile, create_voters: bool) -> None:
        self._file = file
        self._create_voters = create_voters
        self._accounts = Accounts()
        self._problems: list[FileProblem] = []
        self._known: dict[str, _Known] = {}
        # By account, the key of the voter number that it belongs to.
        self._holders: dict[int, str] = {}
        self._read_roll(election)

    def plan(self) -> Plan:
        rows = [self._planned(row) for row in self._file.rows]
        return Plan(rows, self._problems)

    def _read_roll(self, election: Election) -> None:
        entries = election.roll.filter(removed_by__isnull=True).order_by()
        columns = ("pk", "number_key", "user_id", *SHOWN[:-1])
        for pk, key, user_id, number, name, born, district in entries.values_list(
            *columns
        ).iterator():
            account = "" if user_id is None else self._accounts.name_of(user_id)
            values = Values(number, name, _text(born), district, account)
            self._known[key] = _Known(pk, user_id, values)
            if user_id is not None:
                self._holders[user_id] = key

    def _planned(self, row: RollRow) -> PlannedRow:
        key = number_key(row.voter_number)
        known = self._known.get(key)
        before = known.values if known else Values()
        present = {name: getattr(row, name) for name in SHOWN if name in self._file.columns}
        user_id, username = self._account(row, known)
        if user_id is not None and self._holders.setdefault(user_id, key) != key:
            self._refuse(row, _("This account is already on the roll, under another number."))
        after = before._replace(**{**present, "username": username})
        entry_id = known.entry_id if known else None
        return PlannedRow(row.line, entry_id, before, after, user_id, row.email)

    def _account(self, row: RollRow, known: _Known | None) -> tuple[int | None, str]:
        """The account of this row and its user name, of which the account may not exist yet."""
        if not row.username and not row.email:
            keeps = known is not None and "username" not in self._file.columns
            return (known.user_id, known.values.username) if keeps and known else (None, "")
        found = self._accounts.find(row.username, row.email)
        if found is not None:
            return found, self._accounts.name_of(found)
        if not self._create_voters or not row.username or self._accounts.is_taken(row.username):
            self._refuse(row, _("There is no one account of this name."))
        elif words := _unfit(row.username):
            self._refuse(row, words)
        return None, row.username

    def _refuse(self, row: RollRow, words: str) -> None:
        column = "username" if row.username else "email"
        number = self._file.number_of(column)
        self._problems.append(FileProblem(row.line, number, words))


def _unfit(username: str) -> str:
    """Why no account can have this name; empty if one can."""
    user = get_user_model()
    field = user._meta.get_field(user.USERNAME_FIELD)
    try:
        for validator in field.validators:  # type: ignore[union-attr]  # a field of its own
            validator(username)
    except ValidationError as error:
        return " ".join(error.messages)
    return "" if account_key(username) else _("This must not be empty.")


def _text(date: dt.date | None) -> str:
    return date.isoformat() if date else ""
