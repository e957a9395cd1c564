"""The page on which an official approves or declines what another one proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.read_only import ReadOnly
from accounts.models import Proposal
from accounts.proposals import deciding
from accounts.proposals.deciding import ProposalRefusalCode, ProposalRefused
from accounts.proposals.kinds import Outcome, kind_of
from accounts.signed_in import official

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

WORDS = {
    ProposalRefusalCode.NOT_ALLOWED: gettext_lazy("You may not do this."),
    ProposalRefusalCode.SAME_OFFICIAL: gettext_lazy(
        "Another official must approve what you proposed."
    ),
    ProposalRefusalCode.ONESELF: gettext_lazy("You cannot approve a change of your own account."),
    ProposalRefusalCode.NOT_WAITING: gettext_lazy("This proposal is decided, or is too old."),
    ProposalRefusalCode.NOT_POSSIBLE: gettext_lazy("This change is no longer possible."),
}


class WaitingFilter(admin.SimpleListFilter):
    title = gettext_lazy("decision")
    parameter_name = "decision"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", _("waiting")), ("approved", _("approved")), ("declined", _("declined"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        approved = {"waiting": None, "approved": True, "declined": False}
        value = self.value()
        return queryset.filter(approved=approved[value]) if value in approved else queryset


@admin.register(Proposal)
class ProposalAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("what", "person", "content", "proposed_by", "proposed_at", "decision")
    list_filter = (WaitingFilter,)
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
        words = {None: _("waiting"), True: _("approved"), False: _("declined")}
        return words[proposal.approved]

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
                messages.error(request, str(WORDS[refusal.code]))
            else:
                messages.success(request, _message(request, outcome))

    @admin.action(description=gettext_lazy("Decline or take back"), permissions=["decide"])
    def decline(self, request: HttpRequest, queryset: QuerySet[Proposal]) -> None:
        for proposal in queryset:
            try:
                deciding.decline(proposal, actor=official(request), now=timezone.now())
            except ProposalRefused as refusal:
                messages.error(request, str(WORDS[refusal.code]))
            else:
                messages.success(request, _("Declined. Nothing was changed."))


def _message(request: HttpRequest, outcome: Outcome) -> str:
    if not outcome.link:
        return outcome.words
    return format_html("{} {}", outcome.words, request.build_absolute_uri(outcome.link))
