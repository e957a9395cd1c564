"""Letters on paper in the administration: ordering, how far they are, and the files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.http import FileResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.audit import Action, record
from accounts.signed_in import official
from accounts.site_address import site_address
from voting.admin.drafts import show_reasons
from voting.admin.mailing import require_sender
from voting.letters import making, ordering
from voting.letters.addresses import read_addresses
from voting.models import Election, LetterBatch, LetterFile, election_subject
from voting.refusals import StepRefused
from voting.roll.reading.text import MAX_BYTES

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

BATCHES_SHOWN = 10


class LettersForm(forms.Form):
    district = forms.ChoiceField(label=_("District"), required=False)
    addresses = forms.FileField(
        label=_("File of postal addresses"),
        required=False,
        help_text=_(
            "A CSV file with the column voter_number; each other column is a line of the address. "
            "Without it, the window shows the name alone."
        ),
    )

    def __init__(self, election: Election, *args: Any) -> None:
        super().__init__(*args)
        names = election.roll.exclude(district="").order_by("district")
        districts = [(name, name) for name in names.values_list("district", flat=True).distinct()]
        self.fields["district"].choices = [("", _("all")), *districts]  # type: ignore[attr-defined]

    def clean_addresses(self) -> dict[str, list[str]]:
        file = self.cleaned_data["addresses"]
        if not file:
            return {}
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is too large."))
        try:
            return read_addresses(file.read())
        except StepRefused as refusal:
            raise forms.ValidationError([str(reason) for reason in refusal.reasons]) from refusal


class LettersMixin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The page of letters on paper, beside those of the elections."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/letters/", view(self.letters), name="voting_letters"),
            path(
                "letters/<int:pk>/progress/", view(self.letters_progress), name="voting_letters_at"
            ),
            path("letters/file/<int:pk>/", view(self.letters_file), name="voting_letters_file"),
            path("letters/<int:pk>/delete/", view(self.letters_delete), name="voting_letters_del"),
            *super().get_urls(),
        ]

    def letters(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET shows the form and the batches, POST orders one."""
        require_sender(request)
        election = get_object_or_404(Election, pk=pk)
        form = LettersForm(election, request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            self._order(request, election, form)
            return HttpResponseRedirect(reverse("admin:voting_letters", args=[pk]))
        batches = LetterBatch.objects.filter(election=election).defer("addresses")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Letters on paper"),
            "opts": Election._meta,
            "election": election,
            "form": form,
            "days": settings.LETTER_DAYS,
            "batches": [
                (
                    batch,
                    making.progress_of(batch),
                    list(batch.files.order_by("number").values_list("pk", "number")),
                )
                for batch in batches.select_related("asked_by")[:BATCHES_SHOWN]
            ],
        }
        return render(request, "voting/admin/letters.html", context)

    def letters_progress(self, request: HttpRequest, pk: int) -> JsonResponse:
        """The page asks for this every second while a worker is at it."""
        require_sender(request)
        batch = get_object_or_404(LetterBatch.objects.defer("addresses"), pk=pk)
        progress = making.progress_of(batch)
        state = "working" if progress.is_running else batch.state
        return JsonResponse({"state": state, "progress": progress.as_json()})

    def letters_file(self, request: HttpRequest, pk: int) -> FileResponse:
        require_sender(request)
        file = get_object_or_404(LetterFile.objects.select_related("batch__election"), pk=pk)
        content = io.BytesIO(making.content_of(file))
        election = file.batch.election
        part = f"letters-{file.number:03}" if file.number else "labels"
        with transaction.atomic():
            subject = election_subject(election.pk)
            record(
                Action.LETTERS_FETCHED,
                actor=official(request),
                subject=subject,
                batch=file.batch_id,
                part=file.number,
            )
        name = f"{election.slug}-{part}.pdf"
        response = FileResponse(content, as_attachment=True, filename=name)
        response["Cache-Control"] = "no-store, private"
        return response

    def letters_delete(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST deletes a batch before its time."""
        require_sender(request)
        batch = get_object_or_404(LetterBatch.objects.defer("addresses"), pk=pk)
        if request.method == "POST":
            batch.delete()
        return HttpResponseRedirect(reverse("admin:voting_letters", args=[batch.election_id]))

    def _order(self, request: HttpRequest, election: Election, form: LettersForm) -> None:
        try:
            ordering.order(
                election,
                district=form.cleaned_data["district"],
                addresses=form.cleaned_data["addresses"],
                actor=official(request),
                site=site_address(request),
                now=timezone.now(),
            )
        except StepRefused as refusal:
            show_reasons(request, refusal)
