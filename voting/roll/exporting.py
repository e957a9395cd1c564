"""Exporting a roll in the administration: dates of birth leave, and the audit log tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from import_export.admin import ExportMixin
from import_export.forms import ExportForm

from accounts.audit import Action, record
from voting.models import election_subject
from voting.roll.resources import RollFormat

if TYPE_CHECKING:
    import tablib
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from voting.models import VoterRollEntry


class RollExportMixin(ExportMixin):  # type: ignore[misc]
    export_formats = (RollFormat,)
    export_form_class = ExportForm

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("voting.view_voterrollentry"))

    def get_data_for_export(
        self, request: HttpRequest, queryset: QuerySet[VoterRollEntry], **kwargs: Any
    ) -> tablib.Dataset:
        """No row leaves without its line in the audit log."""
        with transaction.atomic():
            data: tablib.Dataset = super().get_data_for_export(request, queryset, **kwargs)
            keys = set(queryset.order_by().values_list("election_id", flat=True))
            record_export(request.user, sorted(keys), rows=len(data))
        return data


def record_export(official: Any, elections: list[int], *, rows: int) -> None:
    """One event for each copy; of several elections at once, their numbers stand in the details."""
    one = election_subject(elections[0]) if len(elections) == 1 else ""
    several = {"elections": ", ".join(map(str, elections))} if len(elections) > 1 else {}
    record(Action.ROLL_EXPORTED, actor=official, subject=one, rows=rows, **several)
