"""Voters and officials in the administration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from accounts import address
from accounts.audit import Action, Detail, record, user_subject
from accounts.models import User
from accounts.office import changed_fields
from accounts.passwords import set_password
from accounts.passwords.link_by_two import PASSWORD_LINK
from accounts.proposals import deciding, waiting_period
from accounts.proposals.protected import (
    SecondOfficialNeeded,
    is_on_a_fixed_roll,
    needs_second_official,
)
from accounts.proposals.words import PROPOSED, SET_BY_LINK_ONLY
from accounts.rights.deleting import delete_account
from accounts.sign_in import one_time_codes, second_device
from accounts.sign_in.factors import is_official
from accounts.signed_in import official, signed_in
from accounts.site_address import site_address

if TYPE_CHECKING:
    from django.contrib.admin.models import LogEntry
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

PRIVILEGES = ("is_staff", "is_superuser", "groups", "user_permissions")
TIMES = ("last_login", "date_joined")
NO_CODE = _(
    "No code was made for {}: it is for another official than you, who has no authenticator. "
    "Delete a lost one first, in the list of authenticators."
)
CODE_MADE = _("The code of {}, shown only now: {}. It sets up one authenticator, within a day.")


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

    actions = ("authenticator_code",)

    def has_set_up_permission(self, request: HttpRequest) -> bool:
        """Only superusers manage the accounts of officials."""
        return bool(request.user.is_superuser)

    @admin.action(description=_("Make a code to set up an authenticator"), permissions=["set_up"])
    def authenticator_code(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """For officials without one. Nobody makes a code for themselves: it takes another one."""
        actor = official(request)
        for user in queryset:
            if user == actor or not is_official(user) or second_device.has_device(user):
                messages.error(request, str(NO_CODE).format(user))
                continue
            code = one_time_codes.make_set_up_code(user, actor=actor, now=timezone.now())
            messages.warning(request, str(CODE_MADE).format(user, code))

    @admin.display(description=_("Password"))
    def new_password(self, user: User) -> str:
        links = [
            (
                reverse("admin:accounts_user_password_link", args=[user.pk]),
                _("Make a one-time link"),
            )
        ]
        if not needs_second_official(user):
            page = reverse("admin:auth_user_password_change", args=[user.pk])
            links.append((page, _("Set a new password")))
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
            context |= self._make_or_propose_link(request, voter)
        response = render(request, "admin/accounts/user/password_link.html", context)
        response["Cache-Control"] = "no-store, private"
        return response

    def _make_or_propose_link(self, request: HttpRequest, voter: User) -> dict[str, Any]:
        actor, now = official(request), timezone.now()
        if "mail" in request.POST and voter.email:
            set_password.mail_link(voter, actor=actor, site=site_address(request), now=now)
            return {"mailed": _("The link is on its way.")}
        try:
            link_path = set_password.make_link(voter, actor=actor, now=now)
        except SecondOfficialNeeded:
            deciding.propose(PASSWORD_LINK, actor=actor, person=voter, now=now)
            return {"proposed": PROPOSED}
        return {"link": request.build_absolute_uri(link_path)}

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Store the form; user name and address go their own way, which may take two officials."""
        new = {}
        if change:
            before = User.objects.get(pk=obj.pk)
            new = {
                field: getattr(obj, field)
                for field in address.FIELDS
                if getattr(obj, field) != getattr(before, field)
            }
            obj.username, obj.email = before.username, before.email
        super().save_model(request, obj, form, change)
        if new:
            self._change_or_propose_address(request, obj, new)

    def _change_or_propose_address(
        self, request: HttpRequest, user: User, new: dict[str, str]
    ) -> None:
        actor, now = official(request), timezone.now()
        try:
            address.change_address(user, new, actor=actor, now=now)
        except SecondOfficialNeeded:
            deciding.propose(address.ADDRESS, actor=actor, person=user, detail=new, now=now)
            messages.warning(request, PROPOSED)

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
        user = User.objects.filter(pk=id).first() if id.isdecimal() else None
        if user is not None and needs_second_official(user):
            messages.error(request, SET_BY_LINK_ONLY)
            return redirect("admin:accounts_user_password_link", user.pk)
        with transaction.atomic():
            answer = super().user_change_password(request, id, form_url)
            if user is not None and user.password != User.objects.get(pk=user.pk).password:
                waiting_period.begin(user, actor=official(request), now=timezone.now())
            return answer

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if {*PRIVILEGES, "is_active"} & set(form.changed_data):
            waiting_period.begin(form.instance, actor=official(request), now=timezone.now())

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
        """Nothing: Django's list would keep the names, and the audit log has the deletion."""
        return []

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """What the page of the deletion names: an account is emptied, and no row goes with it."""
        must_stay = [str(user) for user in objs if is_on_a_fixed_roll(user)]
        may_not = {"user"} if not self.has_delete_permission(request) else set()
        return [str(user) for user in objs], {"users": len(objs)}, may_not, must_stay

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        delete_account(obj, actor=official(request), now=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            delete_account(user, actor=official(request), now=timezone.now())


def _may_manage(request: HttpRequest, obj: User | None) -> bool:
    """Only superusers may manage the accounts of officials."""
    if request.user.is_superuser or obj is None:
        return True
    return not (obj.is_staff or obj.is_superuser)


def _record(action: Action, request: HttpRequest, user: User, **details: Detail) -> None:
    is_official = user.is_staff or user.is_superuser
    subject = user_subject(user.pk)
    record(action, actor=signed_in(request), subject=subject, official=is_official, **details)
