"""Voters and officials in the administration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from accounts.audit import Action, Detail, record, user_subject
from accounts.models import User
from accounts.office import changed_fields
from accounts.passwords import set_password
from accounts.signed_in import official, signed_in

if TYPE_CHECKING:
    from django.contrib.admin.models import LogEntry
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

PRIVILEGES = ("is_staff", "is_superuser", "groups", "user_permissions")
TIMES = ("last_login", "date_joined")


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]
    list_display = ("username", "first_name", "last_name", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff", "groups")
    change_form_template = "admin/accounts/user/change_form.html"
    # Django's own password field shows parts of the hash. Links to set a new password are enough.
    fieldsets = (
        (None, {"fields": ("username", "new_password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (_("Rights"), {"fields": ("is_active", *PRIVILEGES)}),
        (_("Times"), {"fields": TIMES}),
    )

    @admin.display(description=_("Password"))
    def new_password(self, user: User) -> str:
        links = (
            (
                reverse("admin:accounts_user_password_link", args=[user.pk]),
                _("Make a one-time link"),
            ),
            (reverse("admin:auth_user_password_change", args=[user.pk]), _("Set a new password")),
        )
        return format_html_join(" · ", '<a href="{}">{}</a>', links)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.password_link)
        name = "accounts_user_password_link"
        return [path("<int:user_id>/password-link/", view, name=name), *super().get_urls()]

    def password_link(self, request: HttpRequest, user_id: int) -> HttpResponse:
        voter = get_object_or_404(User, pk=user_id)
        if not self.has_change_permission(request, voter):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "voter": voter, "title": _("Password")}
        if request.method == "POST":
            link_path = set_password.make_link(voter, actor=official(request))
            context["link"] = request.build_absolute_uri(link_path)
        response = render(request, "admin/accounts/user/password_link.html", context)
        response["Cache-Control"] = "no-store, private"
        return response

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        # Officials who edit voters must not be able to give themselves more rights.
        return ("new_password", *TIMES, *(() if request.user.is_superuser else PRIVILEGES))

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        # Somebody who can set an official's password or address can sign in as that official.
        return super().has_change_permission(request, obj) and _may_manage(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_manage(request, obj)

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002  (Django's name)
        form_url: str = "",
    ) -> HttpResponse:
        with transaction.atomic():
            return super().user_change_password(request, id, form_url)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        changed_fields.remember(request, form, formsets)
        return super().construct_change_message(request, form, formsets, add)

    # Django calls these three for every write, inside the transaction of the form.
    def log_addition(self, request: HttpRequest, obj: User, message: Any) -> LogEntry:
        _record(Action.USER_CREATED, request, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> LogEntry:
        _record(Action.USER_CHANGED, request, obj, changed=changed_fields.remembered(request))
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[User]) -> Any:
        with transaction.atomic():
            for user in queryset:
                _record(Action.USER_DELETED, request, user)
            return super().log_deletions(request, queryset)


def _may_manage(request: HttpRequest, obj: User | None) -> bool:
    """Only superusers may manage the accounts of officials."""
    if request.user.is_superuser or obj is None:
        return True
    return not (obj.is_staff or obj.is_superuser)


def _record(action: Action, request: HttpRequest, user: User, **details: Detail) -> None:
    is_official = user.is_staff or user.is_superuser
    subject = user_subject(user.pk)
    record(action, actor=signed_in(request), subject=subject, official=is_official, **details)
