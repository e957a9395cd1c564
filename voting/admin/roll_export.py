"""Exporting a roll in the administration. The audit log records each export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from accounts.signed_in import official
from voting.models import VoterRollEntry
from voting.roll.export import roll_file
from voting.roll.export_record import record_export

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class RollExportMixin(admin.ModelAdmin):  # type: ignore[type-arg]
    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.export)
        return [path("export/", view, name="voting_voterrollentry_export"), *super().get_urls()]

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("voting.view_voterrollentry"))

    def export(self, request: HttpRequest) -> HttpResponse:
        """GET asks for a confirmation, POST gives the file of the voters whom the list shows."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        entries = self._listed(request)
        if request.method == "POST":
            return self._file(request, entries)
        listed = entries.filter(removed_by__isnull=True)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Export the roll"),
            "opts": VoterRollEntry._meta,
            "voters": listed.count(),
            "rolls": listed.order_by().values("election").distinct().count(),
        }
        return render(request, "voting/admin/export_roll.html", context)

    def _listed(self, request: HttpRequest) -> QuerySet[VoterRollEntry]:
        """What the list shows with the filters and the search of this address."""
        return self.get_changelist_instance(request).get_queryset(request)

    def _file(self, request: HttpRequest, entries: QuerySet[VoterRollEntry]) -> HttpResponse:
        """The file is made before the export is recorded, so that nobody waits for the database.

        If recording fails, nothing is handed out.
        """
        data, rows = roll_file(entries)
        election_ids = set(entries.order_by().values_list("election_id", flat=True))
        with transaction.atomic():
            record_export(official(request), sorted(election_ids), rows=rows)
        response = HttpResponse(data, content_type="text/csv")
        response["Content-Disposition"] = 'attachment; filename="roll.csv"'
        return response
