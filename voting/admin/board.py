"""Trustees, the ballot box and the board in the administration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin.read_only import ReadOnly
from accounts.admin.single_save import SingleSaveAdmin
from accounts.audit import Action
from accounts.models import AuditEvent
from accounts.moments import in_words
from accounts.proposals import deciding
from accounts.proposals.protected import SecondOfficialNeeded
from accounts.signed_in import official
from accounts.site_address import site_address
from voting.admin.drafts import DraftParts, show_reasons
from voting.admin.restarts import tell_restart
from voting.keys import ceremony, naming
from voting.keys.link_by_two import TRUSTEE_LINK
from voting.mailing.ordering import order_trustee_link
from voting.models import (
    BoardEvent,
    CastBallot,
    Trustee,
    election_subject,
)
from voting.refusals import StepRefused

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class TrusteeForm(forms.ModelForm):  # type: ignore[type-arg]
    """Refuses where it is typed what naming a trustee would refuse, and warns of a restart."""

    restart_keys = forms.BooleanField(
        label=_("The other trustees make their keys anew"),
        required=False,
        help_text=_(
            "Needed if one of them has sent a key already: it depends on how many they are."
        ),
    )

    class Meta:
        model = Trustee
        fields = ("election", "name", "email")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        try:
            naming.require_new(cleaned["election"], cleaned["name"])
        except StepRefused as refusal:
            raise forms.ValidationError([str(reason) for reason in refusal.reasons]) from refusal
        begun = ceremony.begun_by(cleaned["election"])
        if begun and not cleaned["restart_keys"]:
            words = ngettext(
                "%(count)d trustee would have to make the key anew. Tick this if it is meant.",
                "%(count)d trustees would have to make their keys anew. Tick this if it is meant.",
                begun,
            )
            self.add_error("restart_keys", words % {"count": begun})
        return cleaned


LINK_PROPOSED = _(
    "This trustee has registered a key, so one official alone cannot make a new link. It is "
    "proposed: another official must approve it, under “Changes by two officials”."
)


@admin.register(Trustee)
class TrusteeAdmin(SingleSaveAdmin, DraftParts):
    list_display = ("name", "index", "election", "link_renewed")
    list_filter = ("election",)
    fields = ("election", "name", "email", "restart_keys")
    form = TrusteeForm
    actions = ("renew", "mail_link")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Trustee, form: Any, change: bool) -> None:
        begun = ceremony.begun_by(obj.election)
        trustee, token = naming.add_trustee(obj.election, obj.name, email=obj.email)
        obj.pk = trustee.pk
        if trustee.email:
            self._mail_link(request, trustee)
        else:
            self._show_link(request, trustee, token)
        tell_restart(request, begun)

    def delete_model(self, request: HttpRequest, obj: Trustee) -> None:
        begun = ceremony.begun_by(obj.election)
        naming.remove_trustee(obj)
        tell_restart(request, begun - (obj.registration is not None))

    @admin.action(description=_("Mail a new link"), permissions=["add"])
    def mail_link(self, request: HttpRequest, queryset: QuerySet[Trustee]) -> None:
        for trustee in queryset.select_related("election"):
            self._mail_link(request, trustee)

    def _mail_link(self, request: HttpRequest, trustee: Trustee) -> None:
        """Nobody but the trustee sees a link that is mailed."""
        actor, now = official(request), timezone.now()
        try:
            order_trustee_link(trustee, actor=actor, site=site_address(request), now=now)
        except StepRefused as refusal:
            show_reasons(request, refusal)
        except SecondOfficialNeeded:
            detail = {"trustee": trustee.pk}
            deciding.propose(TRUSTEE_LINK, actor=actor, detail=detail, now=now)
            messages.warning(request, LINK_PROPOSED)
        else:
            words = _("A new link is on its way to %(name)s. The one before ends with it.")
            messages.success(request, words % {"name": trustee.name})

    @admin.action(description=_("Make a new link"), permissions=["add"])
    def renew(self, request: HttpRequest, queryset: QuerySet[Trustee]) -> None:
        actor = official(request)
        for trustee in queryset:
            try:
                self._show_link(request, trustee, naming.renew_link(trustee, actor=actor))
            except SecondOfficialNeeded:
                detail = {"trustee": trustee.pk}
                deciding.propose(TRUSTEE_LINK, actor=actor, detail=detail, now=timezone.now())
                messages.warning(request, LINK_PROPOSED)

    @admin.display(description=_("link renewed"))
    def link_renewed(self, trustee: Trustee) -> str:
        """When a new link was last made for this trustee, so that everybody can ask why."""
        renewals = AuditEvent.objects.filter(
            action=Action.TRUSTEE_LINK_RENEWED,
            subject=election_subject(trustee.election_id),
            details__trustee=trustee.index,
        )
        last = renewals.last()
        return in_words(last.at) if last else "-"

    def _show_link(self, request: HttpRequest, trustee: Trustee, token: str) -> None:
        link = request.build_absolute_uri(reverse("voting:trustee", args=[token]))
        words = _("The link of {}, shown only now: {}. Whoever has it acts as this trustee.")
        messages.warning(request, format_html(str(words), trustee.name, link))


@admin.register(CastBallot)
class CastBallotAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    actions = None
    list_display = ("tracker", "election", "live")
    list_filter = ("election", "live")
    search_fields = ("tracker",)
    fields = ("election", "tracker", "live")


@admin.register(BoardEvent)
class BoardEventAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    actions = None
    list_display = ("seq", "election", "kind", "hash")
    list_filter = ("election", "kind")
    search_fields = ("tracker", "hash")
    # Without the line: before the release it would reveal what the public board holds back.
    fields = ("election", "seq", "kind", "tracker", "prev", "hash")
