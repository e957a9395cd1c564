"""What belongs to an election can be changed only while that is a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.options import InlineModelAdmin

from accounts.audit import Action, record
from accounts.signed_in import official
from voting.models import (
    Election,
    State,
    election_subject,
)

if TYPE_CHECKING:
    from django.http import HttpRequest

    from voting.refusals import StepRefused


def tell(request: HttpRequest, refusal: StepRefused) -> None:
    for reason in refusal.reasons:
        messages.error(request, str(reason))


def election_of(obj: Any) -> Election | None:
    """The election that an object, or the page an inline stands on, belongs to."""
    return obj if obj is None or isinstance(obj, Election) else obj.election


def is_open(obj: Any) -> bool:
    """What belongs to an election can be changed only while that is a draft."""
    election = election_of(obj)
    return election is None or election.state == State.DRAFT


class DraftOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_open(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_open(obj) and super().has_delete_permission(request, obj)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        made = Action.ELECTION_CREATED if isinstance(obj, Election) else Action.ELECTION_CHANGED
        self._record(request, made, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, Action.ELECTION_CHANGED, obj)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            self._record(request, Action.ELECTION_CHANGED, obj)
        return super().log_deletions(request, queryset)

    def _record(self, request: HttpRequest, action: Action, obj: Any) -> None:
        """In the transaction of the form: what an official writes is in the audit log."""
        election = election_of(obj)
        record(
            action,
            actor=official(request),
            subject=election_subject(election.pk) if election else "",
            part=str(obj._meta.model_name),
        )


class DraftInline(InlineModelAdmin):  # type: ignore[type-arg]
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_open(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_open(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_open(obj) and super().has_delete_permission(request, obj)


class DraftParts(DraftOnly):
    """Offers only elections that are still drafts."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "election":
            kwargs["queryset"] = Election.objects.filter(state=State.DRAFT)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
