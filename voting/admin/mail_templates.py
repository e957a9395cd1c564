"""The texts of letters, edited in the administration, with a preview for three voters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from accounts.admin.single_save import SingleSaveAdmin
from accounts.audit import Action, record
from accounts.signed_in import official
from accounts.site_address import site_address
from voting.mailing.preview import previews
from voting.mailing.texts import Words, default_words
from voting.mailing.variables import MEANINGS, VARIABLES, problems
from voting.models import Audience, Election, MailKind, MailTemplate

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class MailTemplateForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = MailTemplate
        fields = ("kind", "language", "subject", "body")
        widgets = {
            "subject": AdminTextInputWidget(attrs={"size": 70}),
            "body": AdminTextareaWidget(attrs={"rows": 22, "cols": 90}),
        }

    def clean_body(self) -> str:
        return str(self.cleaned_data["body"]).replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("kind") or self.instance.kind
        if kind and not {"subject", "body"} & set(self.errors):
            for sentence in problems(kind, cleaned["subject"], cleaned["body"]):
                self.add_error("body", sentence)
        return cleaned


@admin.register(MailTemplate)
class MailTemplateAdmin(SingleSaveAdmin):
    form = MailTemplateForm
    list_display = ("kind", "language", "subject")
    list_filter = ("kind", "language")
    actions = None
    change_form_template = "voting/admin/mail_template.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.preview)
        return [path("preview/", view, name="voting_mailtemplate_preview"), *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("kind", "language")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new text begins with the built-in one."""
        initial: dict[str, Any] = dict(super().get_changeform_initial_data(request))
        kind = initial.get("kind", "")
        if kind in MailKind.values:
            words = default_words(kind)
            initial = {"subject": words.subject, "body": words.body, **initial}
        return initial

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        template = kwargs.get("obj")
        kind = template.kind if template else request.GET.get("kind", "")
        context |= {
            "fixed_kind": template.kind if template else "",
            "tables": [
                (MailKind(one), [(name, MEANINGS[name]) for name in VARIABLES[one]])
                for one in MailKind
                if kind in ("", one)
            ],
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def preview(self, request: HttpRequest) -> HttpResponse:
        """POST shows what stands in the form, not yet saved, with the data of three voters."""
        if request.method != "POST" or not self.has_change_permission(request):
            raise PermissionDenied
        kind = request.POST.get("kind", "")
        words = Words(request.POST.get("subject", ""), request.POST.get("body", ""))
        wrong = [_("Choose the kind first.")] if kind not in MailKind.values else []
        wrong = wrong or problems(kind, words.subject, words.body)
        election = Election.objects.filter(roll__isnull=False).order_by("-pk").first()
        shown = []
        if election is not None and not wrong:
            shown = previews(election, kind, Audience.ALL, words, site=site_address(request))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Preview"),
            "opts": MailTemplate._meta,
            "election": election,
            "problems": wrong,
            "previews": shown,
        }
        return render(request, "voting/admin/mail_preview.html", context)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, obj)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            self._record(request, obj)
        return super().log_deletions(request, queryset)

    def _record(self, request: HttpRequest, template: MailTemplate) -> None:
        record(
            Action.MAIL_TEXT_CHANGED,
            actor=official(request),
            kind=template.kind,
            language=template.language,
        )
