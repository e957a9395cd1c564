"""The files that go to a registrar and come back: voters, points, and changes of a frozen roll."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from accounts.signed_in import official
from voting.admin.drafts import show_reasons
from voting.models import Election, Registrar, RollChange, State
from voting.refusals import StepRefused
from voting.registrars.changes import take_change
from voting.registrars.points import take_points
from voting.registrars.voters_file import voters_file
from voting.roll.export_record import record_export

if TYPE_CHECKING:
    from django.http import HttpRequest

LONGEST = 64 * 2**20  # bytes of a file; 200,000 voters need about 20 MiB


class RegistrarFilesMixin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The pages of registrars' files, beside those of the elections."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("registrar/<int:pk>/", view(self.files), name="voting_registrar_files"),
            path("registrar/<int:pk>/voters/", view(self.voters), name="voting_registrar_voters"),
            path("roll-change/<int:pk>/", view(self.change_files), name="voting_registrar_change"),
            *super().get_urls(),
        ]

    def files(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET shows how far the registrar is, POST takes the file of points."""
        _require(request, "voting.change_election")
        registrar = get_object_or_404(Registrar.objects.select_related("election"), pk=pk)
        here = reverse("admin:voting_registrar_files", args=[pk])
        if request.method == "POST":
            data = _uploaded(request)
            try:
                number = take_points(registrar, data, actor=official(request))
            except StepRefused as refusal:
                return self._page(request, registrar, refusal.reasons)
            words = _("%(number)d voters have a code of this registrar.") % {"number": number}
            messages.success(request, words)
            return HttpResponseRedirect(here)
        return self._page(request, registrar, ())

    def voters(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The voters for whom the registrar draws codes. The audit log records it."""
        _require(request, "voting.view_voterrollentry")
        if request.method != "POST":
            raise PermissionDenied
        registrar = get_object_or_404(Registrar.objects.select_related("election"), pk=pk)
        data, rows = voters_file(registrar.election)
        with transaction.atomic():
            record_export(official(request), [registrar.election_id], rows=rows)
        response = HttpResponse(data, content_type="text/csv")
        name = f"{registrar.election.slug}-voters.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "no-store, private"
        return response

    def change_files(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET shows whose file for a roll change is there, POST takes one."""
        _require(request, "voting.change_frozen_roll")
        change = get_object_or_404(RollChange.objects.select_related("election"), pk=pk)
        if request.method == "POST":
            try:
                registrar = take_change(change, _uploaded(request), actor=official(request))
            except StepRefused as refusal:
                show_reasons(request, refusal)
            else:
                words = _("The file of %(name)s is here.") % {"name": registrar.name}
                messages.success(request, words)
            return HttpResponseRedirect(reverse("admin:voting_registrar_change", args=[pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Registrars' files for this change"),
            "opts": RollChange._meta,
            "change": change,
            "registrars": [
                (registrar, str(registrar.index) in change.registrar_files)
                for registrar in change.election.registrars.all()
            ],
        }
        return render(request, "voting/admin/registrar_change.html", context)

    def _page(self, request: HttpRequest, registrar: Registrar, problems: Any) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": registrar.name,
            "opts": Election._meta,
            "registrar": registrar,
            "election": registrar.election,
            "problems": problems,
            "changeable": registrar.election.state == State.DRAFT,
        }
        return render(request, "voting/admin/registrar_files.html", context)


def _require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def _uploaded(request: HttpRequest) -> bytes:
    """The uploaded file; empty, and so no registrar's file, if there is none or it is too long."""
    file = request.FILES.get("file")
    size = file.size if file else None
    return bytes(file.read()) if file and size is not None and size <= LONGEST else b""
