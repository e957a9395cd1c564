"""Programs in the administration: superusers add them, and get the settings to type in there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from oauth2_provider import models as toolkit

from accounts.admin.single_save import SingleSaveAdmin
from accounts.audit import Action, Detail, record
from accounts.office import changed_fields
from accounts.oidc import guides, secrets
from accounts.oidc.models import AccessToken, Client, Code, RefreshToken
from accounts.signed_in import official

if TYPE_CHECKING:
    from django.contrib.admin.models import LogEntry
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

# Codes and tokens are nobody's to read or to edit; the toolkit would show them.
for model in (Client, Code, AccessToken, RefreshToken, toolkit.IDToken, toolkit.DeviceGrant):
    if admin.site.is_registered(model):
        admin.site.unregister(model)

LABELS = {
    "name": _("Name, as people know it"),
    "redirect_uris": _("Addresses to return to"),
    "post_logout_redirect_uris": _("Addresses after signing out"),
    "allowed_origins": _("Origins of its pages"),
    "client_type": _("Where it runs"),
}
HELP = {
    "redirect_uris": _("One address a line, exactly as the program sends it."),
    "post_logout_redirect_uris": _("One address a line. Empty: people stay here."),
    "allowed_origins": _(
        "Only for programs that run in the browser, as in https://shop.example.org."
    ),
}
KINDS = (
    (Client.CLIENT_CONFIDENTIAL, _("On a server, which keeps a secret")),
    (Client.CLIENT_PUBLIC, _("In the browser or on a device, without a secret")),
)


@admin.register(Client)
class ClientAdmin(SingleSaveAdmin):
    """The page after adding one shows its secret, so it is saved once and not "and another"."""

    list_display = ("name", "client_type", "face_minutes", "is_active", "created")
    list_filter = ("is_active",)
    search_fields = ("name", "client_id")
    filter_horizontal = ("groups",)
    radio_fields = {"subject_kind": admin.VERTICAL, "movements": admin.VERTICAL}
    change_form_template = "admin/oidc/client/change_form.html"
    fieldsets = (
        (None, {"fields": ("name", "is_active", "client_type")}),
        (
            _("Addresses"),
            {"fields": ("redirect_uris", "post_logout_redirect_uris", "allowed_origins")},
        ),
        (
            _("What it learns"),
            {"fields": ("tells_name", "tells_email", "subject_kind", "stays_connected")},
        ),
        (
            _("How people are seen"),
            {"fields": ("face_minutes", "movements", "may_ask_for_acts", "accepts_without_face")},
        ),
        (_("Who may use it"), {"fields": ("groups",)}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Client | None = None) -> list[str]:
        # A program without a secret cannot become one with a secret that nobody knows.
        return ["client_type"] if obj else []

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        for name, field in form.base_fields.items():
            _explain(name, field)
        return form

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.settings_page)
        own = path("<int:client_id>/settings/", view, name="oidc_client_settings")
        return [own, *super().get_urls()]

    def settings_page(self, request: HttpRequest, client_id: int) -> HttpResponse:
        """What to type into the usual programs; POST makes a new secret."""
        client = get_object_or_404(Client, pk=client_id)
        if not self.has_change_permission(request, client):
            raise PermissionDenied
        return self._settings(request, client, new_secret=request.method == "POST")

    def response_add(self, request: HttpRequest, obj: Client, *args: Any) -> HttpResponse:
        return self._settings(request, obj, new_secret=True)

    def _settings(self, request: HttpRequest, client: Client, *, new_secret: bool) -> HttpResponse:
        secret = ""
        if new_secret and not client.is_public:
            secret = make_secret(client, request)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Settings for %(program)s") % {"program": client},
            "program": client,
            "secret": secret,
            "guides": guides.for_program(client, request, secret),
            "facts": guides.facts(client, request, secret),
            "form_url": reverse("admin:oidc_client_settings", args=[client.pk]),
        }
        response = render(request, "admin/oidc/client/settings.html", context)
        # The secret is in it, this once.
        response["Cache-Control"] = "no-store, private"
        return response

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        changed_fields.remember(request, form, formsets)
        return super().construct_change_message(request, form, formsets, add)

    def log_addition(self, request: HttpRequest, obj: Client, message: Any) -> LogEntry:
        _record(Action.PROGRAM_ADDED, request, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Client, message: Any) -> LogEntry:
        _record(Action.PROGRAM_CHANGED, request, obj, changed=changed_fields.remembered(request))
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Client]) -> Any:
        for client in queryset:
            _record(Action.PROGRAM_REMOVED, request, client)
        return super().log_deletions(request, queryset)


@transaction.atomic
def make_secret(client: Client, request: HttpRequest) -> str:
    """A new secret in place of the one before. It cannot be read again later."""
    secret = secrets.new_secret()
    Client.objects.filter(pk=client.pk).update(client_secret=secrets.digest(secret))
    _record(Action.PROGRAM_SECRET_MADE, request, client)
    return secret


def _explain(name: str, field: Any) -> None:
    """The toolkit's fields in the words of this site."""
    if name in LABELS:
        field.label = LABELS[name]
    if name in HELP:
        field.help_text = HELP[name]
        field.widget.attrs["rows"] = 3
    if name in ("name", "redirect_uris"):
        field.required = True
    if name == "client_type":
        field.choices = KINDS


def _record(action: Action, request: HttpRequest, client: Client, **details: Detail) -> None:
    record(action, actor=official(request), subject=f"program:{client.pk}", **details)
