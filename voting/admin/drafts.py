"""Base classes for pages on what can be changed only while an election is a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.options import InlineModelAdmin

from accounts.audit import Action, Detail, record
from accounts.office import changed_fields
from accounts.signed_in import official
from voting.models import (
    Election,
    State,
    election_subject,
)

if TYPE_CHECKING:
    from django.http import HttpRequest

    from voting.refusals import StepRefused


def show_reasons(request: HttpRequest, refusal: StepRefused) -> None:
    for reason in refusal.reasons:
        messages.error(request, str(reason))


def election_of(obj: Any) -> Election | None:
    """The election that `obj` is or belongs to. None for an object that is being added."""
    return obj if obj is None or isinstance(obj, Election) else obj.election


def is_changeable(obj: Any) -> bool:
    """Whether the election that `obj` is or belongs to is a draft, or does not exist yet."""
    election = election_of(obj)
    return election is None or election.state == State.DRAFT


class DraftOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Changing and deleting are allowed in a draft only, and each change is recorded."""

    def rows_to_lock(self, obj: Any) -> list[Any]:
        """Contests are changed on two pages, so the lock is on the election and not on a part."""
        return [election_of(obj)]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_changeable(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_changeable(obj) and super().has_delete_permission(request, obj)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        changed_fields.remember(request, form, formsets)
        return super().construct_change_message(request, form, formsets, add)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        is_election = isinstance(obj, Election)
        action = Action.ELECTION_CREATED if is_election else Action.ELECTION_CHANGED
        self._record(request, action, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(
            request, Action.ELECTION_CHANGED, obj, changed=changed_fields.remembered(request)
        )
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            self._record(request, Action.ELECTION_CHANGED, obj, deleted=obj.pk)
        return super().log_deletions(request, queryset)

    def _record(self, request: HttpRequest, action: Action, obj: Any, **details: Detail) -> None:
        """Record the change in the audit log, in the transaction in which Django saves the form."""
        election = election_of(obj)
        record(
            action,
            actor=official(request),
            subject=election_subject(election.pk) if election else "",
            part=str(obj._meta.model_name),
            **details,
        )


class DraftInline(InlineModelAdmin):  # type: ignore[type-arg]
    """Rows inside the page of their election or contest, changeable in a draft only."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_changeable(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_changeable(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_changeable(obj) and super().has_delete_permission(request, obj)


class DraftParts(DraftOnly):
    """For parts of an election. The form offers only elections that are drafts."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "election":
            kwargs["queryset"] = Election.objects.filter(state=State.DRAFT)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
