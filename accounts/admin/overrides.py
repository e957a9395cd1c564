"""The page on which one official asks to let a voter in, and another confirms it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import overrides
from accounts.admin.single_save import SingleSaveAdmin
from accounts.database_clock import database_now
from accounts.models import AccessOverride, OverridePurpose, User
from accounts.overrides import OverrideRefusalCode, OverrideRefused
from accounts.proposals.second_official import ProposalRefusalCode
from accounts.proposals.words import REFUSED
from accounts.signed_in import official

if TYPE_CHECKING:
    from django.db.models import Field, QuerySet
    from django.forms import ModelForm
    from django.http import HttpRequest

WORDS = {
    OverrideRefusalCode.NOT_ALLOWED: gettext_lazy("You may not let voters in."),
    OverrideRefusalCode.ONESELF: gettext_lazy("You cannot let yourself in."),
    OverrideRefusalCode.SAME_OFFICIAL: gettext_lazy(
        "Another official than the one who asked must confirm."
    ),
    OverrideRefusalCode.NOT_YET: REFUSED[ProposalRefusalCode.NOT_YET],
    OverrideRefusalCode.NOT_WAITING: gettext_lazy(
        "This request is no longer waiting for a confirmation."
    ),
}


@admin.register(AccessOverride)
class AccessOverrideAdmin(SingleSaveAdmin):
    fields = ("voter", "purpose", "reason")
    list_display = ("voter", "purpose", "reason", "requested_by", "confirmed_by", "expires_at")
    list_filter = ("purpose",)
    actions = ("confirm",)

    @admin.action(description=gettext_lazy("Confirm: let the voter in"), permissions=["use"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[AccessOverride]) -> None:
        for override in queryset:
            try:
                overrides.confirm(official(request), override, now=database_now())
            except OverrideRefused as refusal:
                self.message_user(request, str(WORDS[refusal.code]), messages.ERROR)
            else:
                self.message_user(request, _("Confirmed. It can be used once, for 10 minutes."))

    def save_model(
        self, request: HttpRequest, obj: AccessOverride, form: ModelForm[Any], change: bool
    ) -> None:
        override = overrides.request_override(
            official(request),
            obj.voter,
            OverridePurpose(obj.purpose),
            reason=obj.reason,
            now=database_now(),
        )
        obj.pk = override.pk

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "voter":
            voters = User.objects.filter(is_active=True, is_staff=False, is_superuser=False)
            # The user name is typed: nobody finds a voter in a drop-down list of three thousand.
            return forms.ModelChoiceField(
                voters.exclude(pk=official(request).pk),
                label=_("Voter's user name"),
                to_field_name="username",
                widget=AdminTextInputWidget,
                error_messages={"invalid_choice": _("No voter has this user name.")},
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_use_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(overrides.PERMISSION)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_use_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_use_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: AccessOverride | None = None) -> bool:
        return self.has_use_permission(request)

    def has_change_permission(
        self, request: HttpRequest, obj: AccessOverride | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: AccessOverride | None = None
    ) -> bool:
        return False
