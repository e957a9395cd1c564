"""What voters look at weeks before the day: get ready, am I on the roll, the dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.sign_in import login
from accounts.sign_in.addresses import client_address
from accounts.sign_in.factors import Factor
from accounts.signed_in import signed_in
from biometrics.models import Purpose
from voting.elections.public_elections import public_election_or_404
from voting.preparing import on_the_roll
from voting.preparing.calendar import calendar_file
from voting.preparing.forms import RollCheckForm
from voting.preparing.getting_ready import readiness_of, with_roll_check
from voting.preparing.on_the_roll import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from accounts.models import User
    from voting.models import Election

SHOWN = 20


@never_cache
@require_safe
def get_ready(request: HttpRequest) -> HttpResponse:
    """For a stranger what there is to do; after the password what is done of it."""
    user = _person(request)
    whole = signed_in(request) is not None
    readiness = readiness_of(user) if user else None
    context = {
        "person": user,
        "is_whole_login": whole,
        "readiness": readiness,
        "may_check": readiness is not None and readiness.may_check(signed_in=whole),
        "purpose": Purpose.CHECK,
        "asked_about": with_roll_check()[:SHOWN],
    }
    return render(request, "voting/preparing/get_ready.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def roll_check(request: HttpRequest, slug: str) -> HttpResponse:
    election = public_election_or_404(slug)
    if not on_the_roll.is_offered(election):
        raise Http404
    form = RollCheckForm(request.POST or None, election=election)
    answer = None
    if request.method == "POST" and form.is_valid():
        answer = on_the_roll.ask(
            election,
            form.cleaned_data["voter_number"],
            form.cleaned_data.get("date_of_birth"),
            address=client_address(request),
            now=timezone.now(),
        )
    context = {"election": election, "form": form, "answer": answer}
    status = {Answer.WAIT: 429, None: 400 if form.errors else 200}.get(answer, 200)
    return render(request, "voting/preparing/roll_check.html", context, status=status)


@require_safe
def dates(request: HttpRequest, slug: str) -> HttpResponse:
    return _calendar(request, [public_election_or_404(slug)], name=slug)


@never_cache
@require_safe
def own_dates(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    if user is None:
        return redirect(f"{reverse('accounts:sign-in')}?next={reverse('get_ready')}")
    rolls = readiness_of(user).rolls
    return _calendar(request, [roll.election for roll in rolls], name="elections")


def _calendar(request: HttpRequest, elections: Iterable[Election], *, name: str) -> HttpResponse:
    page = request.build_absolute_uri(reverse("get_ready"))
    host = request.get_host().partition(":")[0]
    body = calendar_file(elections, site=host, page=page, now=timezone.now())
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


def _person(request: HttpRequest) -> User | None:
    login.keep_pending(request)
    return signed_in(request) or login.pending_user(request, Factor.FACE)
