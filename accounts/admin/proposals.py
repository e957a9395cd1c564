"""The page on which an official approves or declines what another one proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.decisions import WORDS, DecisionFilter
from accounts.admin.read_only import ReadOnly
from accounts.models import Proposal
from accounts.proposals import deciding
from accounts.proposals.kinds import Outcome, kind_of
from accounts.proposals.second_official import ProposalRefused
from accounts.proposals.words import REFUSED
from accounts.signed_in import official

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class ProposalDecisionFilter(DecisionFilter):
    conditions = {
        "waiting": Q(approved=None),
        "approved": Q(approved=True),
        "declined": Q(approved=False),
    }


@admin.register(Proposal)
class ProposalAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("what", "person", "content", "proposed_by", "proposed_at", "decision")
    list_filter = (ProposalDecisionFilter,)
    list_select_related = ("person", "proposed_by", "decided_by")
    search_fields = ("person__username",)
    fields = ("what", "person", "content", "proposed_by", "proposed_at", "decision", "decided_by")
    actions = ("approve", "decline")

    @admin.display(description=gettext_lazy("change"))
    def what(self, proposal: Proposal) -> str:
        return str(kind_of(proposal).label)

    @admin.display(description=gettext_lazy("what exactly"))
    def content(self, proposal: Proposal) -> str:
        # Once it is decided, the proposal has forgotten what it was about.
        return kind_of(proposal).describe(proposal) if proposal.decided_at is None else "-"

    @admin.display(description=gettext_lazy("decision"))
    def decision(self, proposal: Proposal) -> str:
        words = {None: "waiting", True: "approved", False: "declined"}
        return str(WORDS[words[proposal.approved]])

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(deciding.PERMISSION))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_decide_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Proposal | None = None) -> bool:
        return self.has_decide_permission(request)

    @admin.action(
        description=gettext_lazy("Approve what another official proposed"), permissions=["decide"]
    )
    def approve(self, request: HttpRequest, queryset: QuerySet[Proposal]) -> None:
        for proposal in queryset:
            try:
                outcome = deciding.approve(proposal, actor=official(request), now=timezone.now())
            except ProposalRefused as refusal:
                messages.error(request, str(REFUSED[refusal.code]))
            else:
                messages.success(request, _message(request, outcome))

    @admin.action(description=gettext_lazy("Decline or take back"), permissions=["decide"])
    def decline(self, request: HttpRequest, queryset: QuerySet[Proposal]) -> None:
        for proposal in queryset:
            try:
                deciding.decline(proposal, actor=official(request), now=timezone.now())
            except ProposalRefused as refusal:
                messages.error(request, str(REFUSED[refusal.code]))
            else:
                messages.success(request, _("Declined. Nothing was changed."))


def _message(request: HttpRequest, outcome: Outcome) -> str:
    if not outcome.link:
        return outcome.words
    return format_html("{} {}", outcome.words, request.build_absolute_uri(outcome.link))
