"""The page on which an official calls off an election that is frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.signed_in import official
from voting.admin.drafts import show_reasons
from voting.elections.calling_off import call_off, can_be_called_off
from voting.models import Election
from voting.refusals import StepRefused

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class CallOffForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=2000,
        widget=AdminTextareaWidget(attrs={"rows": 4}),
        help_text=_("Everybody can read it on the election's page."),
    )


class CallOffMixin(admin.ModelAdmin):  # type: ignore[type-arg]
    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.call_off)
        own = path("<int:pk>/call-off/", view, name="voting_election_call_off")
        return [own, *super().get_urls()]

    def call_off(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET asks for the reason, POST calls the election off."""
        if not request.user.has_perm("voting.run_election"):
            raise PermissionDenied
        election = get_object_or_404(Election, pk=pk)
        election_page = reverse("admin:voting_election_change", args=[pk])
        if not can_be_called_off(election):
            messages.error(request, _("Only an election that is frozen can be called off."))
            return HttpResponseRedirect(election_page)
        form = CallOffForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            self._call_off(request, election, form.cleaned_data["reason"])
            return HttpResponseRedirect(election_page)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Call off the election"),
            "opts": Election._meta,
            "election": election,
            "form": form,
        }
        return render(request, "voting/admin/call_off.html", context)

    def _call_off(self, request: HttpRequest, election: Election, reason: str) -> None:
        try:
            call_off(election, reason=reason, actor=official(request), now=timezone.now())
        except StepRefused as refusal:
            show_reasons(request, refusal)
        else:
            messages.success(request, _("The election is called off."))
