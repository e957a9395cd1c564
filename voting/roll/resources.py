"""The voter roll for django-import-export: dry run first, all or nothing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import tablib
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export import fields, resources
from import_export.formats.base_formats import CSV
from import_export.instance_loaders import BaseInstanceLoader

from accounts.audit import Action, record
from voting.models import State, VoterRollEntry, election_subject, number_key
from voting.roll.cells import harmless
from voting.roll.file import COLUMNS, RollFileRefused, read_roll

if TYPE_CHECKING:
    from accounts.models import User
    from voting.models import Election

LINE = "line"


class RollFormat(CSV):  # type: ignore[misc]
    """A CSV file, read by voting/roll/file.py, whose errors name line and column."""

    def get_title(self) -> str:
        return "csv"

    def is_binary(self) -> bool:
        return True

    def get_read_mode(self) -> str:
        return "rb"

    def create_dataset(self, in_stream: bytes, **_kwargs: Any) -> tablib.Dataset:
        try:
            return dataset_of(in_stream)
        except RollFileRefused as refusal:
            raise ValidationError([str(problem) for problem in refusal.problems]) from refusal


def dataset_of(data: bytes) -> tablib.Dataset:
    """The rows of a roll's file with their line numbers. Raises RollFileRefused."""
    dataset = tablib.Dataset(headers=[LINE, *COLUMNS])
    for row in read_roll(data):
        dataset.append([row.line, *(getattr(row, name) for name in COLUMNS)])
    return dataset


class RollLoader(BaseInstanceLoader):  # type: ignore[misc]
    """Loads the whole roll with one query instead of one for each row."""

    def __init__(self, resource: RollResource, dataset: tablib.Dataset | None = None) -> None:
        super().__init__(resource, dataset)
        self.by_number = {entry.number_key: entry for entry in resource.get_queryset()}

    def get_instance(self, row: dict[str, Any]) -> VoterRollEntry | None:
        return self.by_number.get(number_key(row["voter_number"]))


class RollResource(resources.ModelResource):  # type: ignore[misc]
    username = fields.Field(column_name="username", attribute="user__username", readonly=True)

    class Meta:
        model = VoterRollEntry
        fields = ("voter_number", "name", "date_of_birth", "district", "username")
        import_id_fields = ("voter_number",)
        instance_loader_class = RollLoader
        skip_unchanged = True
        report_skipped = False
        use_transactions = True
        clean_model_instances = False
        store_instance = False

    def __init__(
        self, election: Election | None = None, create_voters: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.election = election
        self.create_voters = create_voters
        self._users: dict[str, User] = {}
        self._emails: dict[str, list[User]] = {}
        # By account (primary key), the key of the voter number that it belongs to.
        self._numbers: dict[int, str] = {}

    def import_data(self, dataset: tablib.Dataset, *args: Any, **kwargs: Any) -> Any:
        """Import all rows or none, whatever the caller asks for."""
        kwargs |= {"use_transactions": True, "rollback_on_validation_errors": True}
        return super().import_data(dataset, *args, **kwargs)

    def after_import(self, dataset: tablib.Dataset, result: Any, **kwargs: Any) -> None:
        if kwargs.get("dry_run") or self.election is None:
            return
        record(
            Action.VOTERS_IMPORTED,
            actor=kwargs.get("user"),
            subject=election_subject(self.election.pk),
            added=result.totals["new"],
            changed=result.totals["update"],
        )

    def get_queryset(self) -> Any:
        entries = super().get_queryset().select_related("user")
        if self.election is None:
            return entries
        return entries.filter(election=self.election, removed_by__isnull=True)

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        if self.election is None or self.election.state != State.DRAFT:
            raise ValidationError(_("The roll of a frozen election is not imported into."))
        users = list(get_user_model().objects.all())
        self._users = {user.username.casefold(): user for user in users}
        for user in users:
            if user.email:
                self._emails.setdefault(user.email.casefold(), []).append(user)
        with_account = self.get_queryset().exclude(user=None)
        self._numbers = dict(with_account.values_list("user_id", "number_key"))

    def import_field(self, field: Any, instance: Any, row: dict[str, Any], **kwargs: Any) -> None:
        if field.attribute == "date_of_birth":
            text = row["date_of_birth"]
            instance.date_of_birth = dt.date.fromisoformat(text) if text else None
        elif field.attribute != "user__username":
            super().import_field(field, instance, row, **kwargs)

    def after_init_instance(self, instance: Any, new: bool, row: Any, **kwargs: Any) -> None:
        if new:
            instance.election = self.election

    def after_import_instance(self, instance: Any, new: bool, **kwargs: Any) -> None:
        instance.number_key = number_key(instance.voter_number)

    def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        instance.number_key = number_key(instance.voter_number)

    def import_instance(self, instance: Any, row: dict[str, Any], **kwargs: Any) -> None:
        super().import_instance(instance, row, **kwargs)
        if row["username"] or row["email"]:
            user = self._user_for(row)
            self._require_free(user, row)
            instance.user = user

    def skip_row(
        self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None
    ) -> bool:
        if original.pk and instance.user_id != original.user_id:
            return False
        return bool(super().skip_row(instance, original, row, import_validation_errors))

    def dehydrate_username(self, entry: VoterRollEntry) -> str:
        return entry.user.username if entry.user else ""

    def export_field(self, field: Any, instance: Any, **kwargs: Any) -> Any:
        return harmless(str(super().export_field(field, instance, **kwargs) or ""))

    def _user_for(self, row: dict[str, Any]) -> User:
        """The account of this row, found by user name or else by e-mail address.

        Creates it if the official allowed that. Raises ValidationError.
        """
        name = get_user_model().normalize_username(row["username"])
        known = self._users.get(name.casefold()) if name else None
        if known is not None:
            return known
        with_email = self._emails.get(row["email"].casefold(), []) if row["email"] else []
        if not row["username"] and len(with_email) == 1:
            return with_email[0]
        if not self.create_voters or not row["username"]:
            raise _refusal(row, _("there is no one account of this name."))
        return self._new_user(row)

    def _new_user(self, row: dict[str, Any]) -> User:
        user = get_user_model()(username=row["username"], email=row["email"])
        user.set_unusable_password()
        try:
            user.full_clean(exclude=["password"])
        except ValidationError as error:
            raise _refusal(row, " ".join(error.messages)) from error
        user.save()
        self._users[user.username.casefold()] = user
        return user

    def _require_free(self, user: User, row: dict[str, Any]) -> None:
        """Raises ValidationError if another voter number has this account.

        A database constraint refuses it too, but without a sentence that helps the official.
        """
        number = number_key(row["voter_number"])
        if self._numbers.setdefault(user.pk, number) != number:
            raise _refusal(row, _("this account is already on the roll, under another number."))


def _refusal(row: dict[str, Any], words: str) -> ValidationError:
    place = _("Line %(line)s, column “%(column)s”: %(words)s") % {
        "line": row[LINE],
        "column": "username" if row["username"] else "email",
        "words": words,
    }
    return ValidationError({"user": place})
