"""The audit log in the administration. Officials read it, and nobody writes to it here."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.admin.audit_words import WORDS, words_of
from accounts.admin.read_only import ReadOnly
from accounts.audit import user_subject
from accounts.models import AuditEvent, User

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class EventFilter(admin.SimpleListFilter):
    title = _("event")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(((code, str(words)) for code, words in WORDS.items()), key=itemgetter(1))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("sequence", "when", "event", "actor", "subject", "what")
    list_filter = (EventFilter,)
    fields = ("sequence", "when", "event", "actor", "subject", "what", "previous_hash", "hash")
    readonly_fields = fields
    search_fields = ("subject",)
    date_hierarchy = "at"
    ordering = ("-sequence",)

    @admin.display(description=_("at"), ordering="sequence")
    def when(self, event: AuditEvent) -> str:
        # With seconds, so that two events of the same minute can be told apart.
        return localtime(event.at).strftime("%Y-%m-%d %H:%M:%S %Z")

    @admin.display(description=_("event"), ordering="action")
    def event(self, event: AuditEvent) -> str:
        return words_of(event.action)

    @admin.display(description=_("by"))
    def actor(self, event: Any) -> str:
        """The user name that belongs to the number today. The log itself holds no names."""
        return event.actor_name or (user_subject(event.actor_id) if event.actor_id else "-")

    @admin.display(description=_("details"))
    def what(self, event: AuditEvent) -> str:
        return ", ".join(f"{name}: {value}" for name, value in event.details.items())

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        name = User.objects.filter(pk=OuterRef("actor_id")).values("username")[:1]
        events: QuerySet[AuditEvent] = super().get_queryset(request)
        return events.annotate(actor_name=Subquery(name))
