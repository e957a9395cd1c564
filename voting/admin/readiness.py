"""The readiness of an election's voters in the administration, and what they may do at home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.signed_in import official
from biometrics.models import EnrolmentPolicy
from voting.mailing import ordering
from voting.models import Audience, Election, MailKind, number_key
from voting.preparing import policies
from voting.preparing.policies import AtHome
from voting.readiness.standings import (
    Standing,
    in_standing,
    standing_counts,
    voters_of,
    with_standing,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from voting.readiness.standings import StandingCount

PAGE = 50
# The mail that helps the voters of a standing on, and who gets it.
AUDIENCES = {
    Standing.NO_PASSWORD: (MailKind.INVITATION, Audience.NO_PASSWORD),
    Standing.NO_FACE: (MailKind.REMINDER, Audience.NO_FACE),
    Standing.NEVER_CHECKED: (MailKind.REMINDER, Audience.NOT_VOTED),
    Standing.READY: (MailKind.REMINDER, Audience.NOT_VOTED),
}
MAX_SEARCH = 100


class AtHomeForm(forms.Form):
    self_enrolment = forms.ChoiceField(
        label=_("Who may bring a face in"),
        choices=[("", _("as the site does")), *EnrolmentPolicy.choices],
        required=False,
    )
    roll_check = forms.BooleanField(
        label=_("Everybody may ask “Am I on the roll?”"),
        required=False,
        help_text=_("With voter number and date of birth, from freezing to closing: yes or no."),
    )


class CountedPages(Paginator):  # type: ignore[type-arg]
    """Pages of a list whose length is known already, so that nothing is counted twice."""

    def __init__(self, voters: QuerySet[Any], *, count: int | None) -> None:
        super().__init__(voters, PAGE)
        self._known = count

    @cached_property
    def count(self) -> int:
        return super().count if self._known is None else self._known


class ReadinessMixin(admin.ModelAdmin):  # type: ignore[type-arg]
    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.readiness)
        own = [path("<int:pk>/readiness/", view, name="voting_election_readiness")]
        return own + super().get_urls()

    def readiness(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET lists the voters, POST changes what they may do at home."""
        if not request.user.has_perm("voting.view_voterrollentry"):
            raise PermissionDenied
        election = get_object_or_404(Election, pk=pk)
        if request.method == "POST":
            return self._change(request, election)
        standing, search = _asked(request)
        counts = standing_counts(election)
        page = CountedPages(
            _listed(election, standing, search), count=_count(counts, standing, search)
        ).get_page(request.GET.get("page"))
        wanted = {"self_enrolment": election.self_enrolment, "roll_check": election.roll_check}
        context = {
            **self.admin_site.each_context(request),
            "title": _("Who is ready"),
            "opts": Election._meta,
            "election": election,
            "counts": [(count, _way_on(election, count, request)) for count in counts],
            "voters": sum(count.voters for count in counts),
            "standing": standing,
            "search": search,
            "page_obj": page,
            "labels": {one.value: one.label for one in Standing},
            "form": AtHomeForm(initial=wanted),
            "may_change": request.user.has_perm("voting.change_election"),
        }
        return TemplateResponse(request, "voting/admin/readiness.html", context)

    def _change(self, request: HttpRequest, election: Election) -> HttpResponse:
        if not request.user.has_perm("voting.change_election"):
            raise PermissionDenied
        form = AtHomeForm(request.POST)
        if form.is_valid():
            policies.change(election, AtHome(**form.cleaned_data), actor=official(request))
            messages.success(request, _("Saved."))
        else:
            messages.error(request, _("Nothing was saved: choose one of the given answers."))
        return redirect("admin:voting_election_readiness", election.pk)


def _way_on(election: Election, count: StandingCount, request: HttpRequest) -> str:
    """The page on which an official helps these voters on; empty if there is none."""
    if not (count.voters and request.user.has_perm(ordering.PERMISSION)):
        return ""
    if count.standing == Standing.NO_ADDRESS:
        return reverse("admin:voting_letters", args=[election.pk])
    if count.standing not in AUDIENCES:
        return ""
    page = reverse("admin:voting_mailing_send", args=[election.pk])
    kind, audience = AUDIENCES[count.standing]
    return f"{page}?{urlencode({'kind': kind.value, 'audience': audience.value})}"


def _asked(request: HttpRequest) -> tuple[Standing | None, str]:
    value = request.GET.get("standing", "")
    standing = Standing(value) if value in Standing.values else None
    return standing, request.GET.get("q", "").replace("\x00", "").strip()[:MAX_SEARCH]


def _listed(election: Election, standing: Standing | None, search: str) -> QuerySet[Any]:
    voters = voters_of(election)
    if standing is not None:
        voters = in_standing(voters, standing)
    if search:
        voters = voters.filter(
            Q(number_key__startswith=number_key(search))
            | Q(name__icontains=search)
            | Q(user__username__icontains=search)
        )
    return with_standing(voters).select_related("user").order_by("number_key")


def _count(counts: Sequence[StandingCount], standing: Standing | None, search: str) -> int | None:
    """How long the list is, if the counts tell already."""
    if search:
        return None
    return sum(count.voters for count in counts if standing in {None, count.standing})
