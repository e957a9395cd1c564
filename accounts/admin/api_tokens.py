"""API tokens in the administration: what there is, when each was last used, and revoking them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from accounts.api_tokens import tokens
from accounts.models import ApiToken
from accounts.signed_in import official

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Superusers delete a token here, which ends it at once. A command makes new ones."""

    list_display = ("user", "label", "scopes", "created_at", "expires_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "label")
    fields = list_display

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: ApiToken) -> None:
        tokens.revoke([obj], actor=official(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        tokens.revoke(queryset, actor=official(request))
