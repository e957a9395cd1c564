"""Trustees, the ballot box and the board in the administration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin.read_only import ReadOnly
from accounts.admin.single_save import SingleSaveAdmin
from voting.admin.drafts import DraftParts
from voting.keys import ceremony
from voting.models import (
    BoardEvent,
    CastBallot,
    Trustee,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(Trustee)
class TrusteeAdmin(SingleSaveAdmin, DraftParts):
    list_display = ("name", "index", "election", "key_checked")
    list_filter = ("election",)
    fields = ("election", "name")
    actions = ("renew",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Trustee, form: Any, change: bool) -> None:
        trustee, token = ceremony.add_trustee(obj.election, obj.name)
        obj.pk = trustee.pk
        self._show_link(request, trustee, token)

    def delete_model(self, request: HttpRequest, obj: Trustee) -> None:
        ceremony.remove_trustee(obj)

    @admin.action(description=_("Make a new link"), permissions=["add"])
    def renew(self, request: HttpRequest, queryset: QuerySet[Trustee]) -> None:
        for trustee in queryset:
            self._show_link(request, trustee, ceremony.renew_link(trustee))

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
