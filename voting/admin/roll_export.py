"""Exporting a roll in the administration. The audit log records each export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from import_export.admin import ExportMixin
from import_export.forms import ExportForm

from accounts.signed_in import official
from voting.roll.export_record import record_export
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
        """Record the export in the same transaction: if that fails, nothing is handed out."""
        with transaction.atomic():
            data: tablib.Dataset = super().get_data_for_export(request, queryset, **kwargs)
            election_ids = set(queryset.order_by().values_list("election_id", flat=True))
            record_export(official(request), sorted(election_ids), rows=len(data))
        return data
