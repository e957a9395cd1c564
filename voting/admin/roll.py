"""The voter roll in the administration, and changes to a frozen one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.signed_in import official
from voting.admin.drafts import DraftParts
from voting.admin.forms import RollChangeForm, RollEntryForm
from voting.admin.roll_export import RollExportMixin
from voting.admin.roll_import import RollImportMixin
from voting.admin.two_officials import StepDecisionFilter, TwoOfficialsAdmin
from voting.models import (
    Election,
    RollChange,
    State,
    VoterRollEntry,
)
from voting.roll import changes, imports

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django_stubs_ext import StrPromise

    from accounts.models import User


class DistrictFilter(admin.SimpleListFilter):
    """Offers only districts with a name: an empty one would be a link without text."""

    title = _("district")
    parameter_name = "district"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        with_district = VoterRollEntry.objects.exclude(district="").order_by("district")
        return [
            (name, name) for name in with_district.values_list("district", flat=True).distinct()
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(district=self.value()) if self.value() else queryset


@admin.register(VoterRollEntry)
class VoterRollAdmin(RollImportMixin, RollExportMixin, DraftParts):
    form = RollEntryForm
    list_display = ("voter_number", "name", "election", "district", "user", "has_voted")
    list_filter = ("election", "has_voted", DistrictFilter)
    list_select_related = ("election", "user")
    change_list_template = "voting/admin/roll_list.html"
    search_fields = ("voter_number", "name", "user__username")
    raw_id_fields = ("user",)
    actions = None

    def save_model(
        self, request: HttpRequest, obj: VoterRollEntry, form: Any, change: bool
    ) -> None:
        _require_editable(obj.election_id)
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: VoterRollEntry) -> None:
        _require_editable(obj.election_id)
        super().delete_model(request, obj)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        context = {
            "may_import": self.has_import_permission(request),
            "may_export": self.has_export_permission(request),
            "query": request.GET.urlencode(),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})


def _require_editable(election_id: int) -> None:
    """Lock the election: nobody freezes it, and no import writes, while its roll is edited."""
    locked = Election.objects.select_for_update().get(pk=election_id)
    if locked.state != State.DRAFT or imports.is_at_work(locked):
        raise PermissionDenied


ADDED_COLUMNS = ("voter_number", "name", "username", "date_of_birth", "district")


@admin.register(RollChange)
class RollChangeAdmin(TwoOfficialsAdmin):
    permission = changes.PERMISSION
    list_display = (
        *("election", "reason", "proposed_by", "decision", "approved_by", "on_roll"),
        "registrars",
    )
    list_filter = (StepDecisionFilter, "election")
    form = RollChangeForm

    def get_fields(self, request: HttpRequest, obj: RollChange | None = None) -> Any:
        if obj is None:
            return ("election", "reason", "add", "remove", "new_codes")
        return ("election", "reason", *self.get_readonly_fields(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: RollChange | None = None) -> Any:
        return (
            ()
            if obj is None
            else (*("added", "removed", "proposed_by", "approved_by", "declined_by"),)
        )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "election":
            kwargs["queryset"] = Election.objects.filter(state__in=changes.CHANGEABLE)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(boolean=True, description=_("on the roll"))
    def on_roll(self, change: RollChange) -> bool:
        return change.added.exists() or change.removed.exists()

    @admin.display(description=_("registrars' files"))
    def registrars(self, change: RollChange) -> str:
        wanted = change.election.registrars.count() if change.add else 0
        if not wanted:
            return "-"
        address = reverse("admin:voting_registrar_change", args=[change.pk])
        return format_html('<a href="{}">{}/{}</a>', address, len(change.registrar_files), wanted)

    @admin.display(description=_("voters to add"))
    def added(self, change: RollChange) -> str:
        rows = (
            " · ".join(row[name] for name in ADDED_COLUMNS if row.get(name)) for row in change.add
        )
        return linebreaksbr("\n".join(rows)) or "-"

    @admin.display(description=_("voter numbers to remove"))
    def removed(self, change: RollChange) -> str:
        return ", ".join(change.remove) or "-"

    def save_model(self, request: HttpRequest, obj: RollChange, form: Any, change: bool) -> None:
        changes.propose(obj, actor=official(request))

    def approve_step(self, step: RollChange, *, actor: User, now: datetime) -> StrPromise:
        changes.approve(step, actor=actor, now=now)
        return _approved_words(step)

    def decline_step(self, step: RollChange, *, actor: User) -> None:
        changes.decline(step, actor=actor)


def _approved_words(change: RollChange) -> StrPromise:
    if change.election.state == State.OPEN:
        return _("The change is on the roll and on the board.")
    return _("The change is approved. It goes onto the roll and the board when the election opens.")
