"""Pages of steps that one official proposes and another one approves or declines."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin.decisions import WORDS, DecisionFilter
from accounts.admin.single_save import SingleSaveAdmin
from accounts.signed_in import official
from voting.admin.drafts import show_reasons
from voting.refusals import StepRefused

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django_stubs_ext import StrPromise

    from accounts.models import User
    from voting.models import JointStep, RollChange


class StepDecisionFilter(DecisionFilter):
    conditions = {
        "waiting": Q(approved_by=None, declined_by=None),
        "approved": Q(approved_by__isnull=False),
        "declined": Q(declined_by__isnull=False),
    }


class TwoOfficialsAdmin(SingleSaveAdmin):
    """`permission` is what proposing, approving and declining take."""

    permission: str
    actions = ("approve", "decline")

    @abstractmethod
    def approve_step(self, step: Any, *, actor: User, now: datetime) -> StrPromise:
        """Take the step, and say what has become of it. Raises StepRefused."""

    @abstractmethod
    def decline_step(self, step: Any, *, actor: User) -> None:
        """Decide against the step, in a transaction. Raises StepRefused."""

    @admin.display(description=_("decision"))
    def decision(self, step: JointStep | RollChange) -> str:
        if step.approved_by_id is not None:
            return str(WORDS["approved"])
        return str(WORDS["declined" if step.declined_by_id is not None else "waiting"])

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(self.permission))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and bool(request.user.has_perm(self.permission))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(self.permission))

    @admin.action(description=_("Approve what another official proposed"), permissions=["decide"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for step in queryset:
            try:
                words = self.approve_step(step, actor=official(request), now=timezone.now())
            except StepRefused as refusal:
                show_reasons(request, refusal)
            else:
                messages.success(request, words)

    @admin.action(description=_("Decline or take back"), permissions=["decide"])
    def decline(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for step in queryset:
            try:
                self.decline_step(step, actor=official(request))
            except StepRefused as refusal:
                show_reasons(request, refusal)
            else:
                messages.success(request, _("Declined. Nothing was changed."))
