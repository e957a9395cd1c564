"""Importing a roll in the administration: upload, preview of the changes, confirmation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.signed_in import official
from voting.admin.drafts import show_reasons
from voting.models import Election, RollImport, State, VoterRollEntry, WorkState
from voting.refusals import StepRefused
from voting.roll import imports
from voting.roll.plan import SHOWN
from voting.roll.progress import import_progress
from voting.roll.reading.problems import RollFileRefused
from voting.roll.reading.text import MAX_BYTES, too_many
from voting.roll.tasks import import_roll, preview_roll

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from voting.roll.report import Report

UPLOAD = "admin:voting_voterrollentry_import"
PREVIEW = "admin:voting_voterrollentry_preview"


class RollImportForm(forms.Form):
    election = forms.ModelChoiceField(
        label=_("Election"), queryset=Election.objects.filter(state=State.DRAFT)
    )
    import_file = forms.FileField(label=_("File to import"))
    create_voters = forms.BooleanField(
        label=_("Create missing accounts"),
        required=False,
        initial=True,
        help_text=_("They have no password until one is set, by an invitation for example."),
    )

    def clean_import_file(self) -> bytes:
        file = self.cleaned_data["import_file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(too_many())
        return bytes(file.read())


class RollImportMixin(admin.ModelAdmin):  # type: ignore[type-arg]
    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        own_urls = [
            path("import/", view(self.upload), name="voting_voterrollentry_import"),
            path("import/<int:pk>/", view(self.preview), name="voting_voterrollentry_preview"),
            path(
                "import/<int:pk>/progress/",
                view(self.import_progress),
                name="voting_voterrollentry_import_progress",
            ),
        ]
        return own_urls + super().get_urls()

    def has_import_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("voting.add_voterrollentry"))

    def upload(self, request: HttpRequest) -> HttpResponse:
        """GET shows the form. POST keeps the file, and a worker makes its preview."""
        self._require_import_permission(request)
        initial = {"election": request.GET.get("election")}
        form = RollImportForm(request.POST or None, request.FILES or None, initial=initial)
        if request.method == "POST" and form.is_valid():
            kept = self._keep(request, form)
            if kept is not None:
                return HttpResponseRedirect(reverse(PREVIEW, args=[kept.pk]))
        context: dict[str, Any] = {"form": form, "problems": form.errors.get("import_file", [])}
        return self._page(request, context)

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET shows how far the import is, or what it would change. POST confirms it."""
        stored = self._own_import(request, pk)
        if request.method == "POST":
            self._confirm(request, stored)
            return HttpResponseRedirect(reverse(PREVIEW, args=[pk]))
        report = self._report(request, stored)
        context: dict[str, Any] = {
            "stored": stored,
            "report": report,
            "columns": SHOWN,
            "progress": import_progress(stored),
            "problems": report.problems if report else [],
            "form": RollImportForm(initial={"election": stored.election_id}),
            "may_send": request.user.has_perm("voting.send_mail"),
        }
        return self._page(request, context)

    def import_progress(self, request: HttpRequest, pk: int) -> JsonResponse:
        """The page of an import asks for this every second while a worker is at it."""
        stored = self._own_import(request, pk)
        progress = import_progress(stored)
        return JsonResponse({"state": stored.state, "progress": progress.as_json()})

    def _keep(self, request: HttpRequest, form: RollImportForm) -> RollImport | None:
        entered = form.cleaned_data
        try:
            kept = imports.begin(
                entered["election"],
                entered["import_file"],
                actor=official(request),
                create_voters=entered["create_voters"],
                now=timezone.now(),
            )
        except RollFileRefused as refusal:
            form.add_error("import_file", [str(problem) for problem in refusal.problems])
            return None
        except StepRefused as refusal:
            form.add_error("election", [str(reason) for reason in refusal.reasons])
            return None
        # A message that is lost is found by the sweep.
        transaction.on_commit(partial(preview_roll.delay, kept.pk), robust=True)
        return kept

    def _confirm(self, request: HttpRequest, stored: RollImport) -> None:
        try:
            imports.confirm(stored, doubts_accepted=bool(request.POST.get("doubts_accepted")))
        except StepRefused as refusal:
            show_reasons(request, refusal)
        else:
            transaction.on_commit(partial(import_roll.delay, stored.pk), robust=True)

    def _report(self, request: HttpRequest, stored: RollImport) -> Report | None:
        if stored.state not in {WorkState.READY, WorkState.REFUSED}:
            return None
        try:
            return imports.report_of(stored)
        except StepRefused as refusal:
            show_reasons(request, refusal)
            return None

    def _own_import(self, request: HttpRequest, pk: int) -> RollImport:
        """A preview shows a whole file, so it is shown only to the official who has sent it."""
        self._require_import_permission(request)
        own = RollImport.objects.filter(asked_by=official(request)).defer("file")
        return get_object_or_404(own.select_related("election"), pk=pk)

    def _require_import_permission(self, request: HttpRequest) -> None:
        if not self.has_import_permission(request):
            raise PermissionDenied

    def _page(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        whole = {
            **self.admin_site.each_context(request),
            "title": _("Import a roll"),
            "opts": VoterRollEntry._meta,
            **context,
        }
        return render(request, "voting/admin/import_roll.html", whole)
