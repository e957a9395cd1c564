"""The voter's pages: own elections, details, ballot, receipt."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.database_clock import database_now
from accounts.raw_body import NoRawBody, raw_body
from accounts.sign_in import login
from accounts.signed_in import voter
from biometrics.verification.browser_binding import browser_hash
from voting.ballots import casting, confirmed_details, details, presence
from voting.ballots.forms import DetailsForm
from voting.ballots.own_elections import own_elections
from voting.ballots.page import ballot_contests
from voting.ballots.presence import Voter
from voting.crypto.tracker import human
from voting.elections import rules
from voting.elections.credentials import public_row_of
from voting.elections.public_elections import public_election_or_404
from voting.models import CastBallot, Election
from voting.refusals import CastRefusalCode, CastRefused, DetailsRefused

if TYPE_CHECKING:
    from django.http import HttpRequest

    from voting.models import VoterRollEntry

TRACKER = re.compile(r"[0-9a-f]{64}")


@login_required
@never_cache
@require_safe
def elections(request: HttpRequest) -> HttpResponse:
    own = own_elections(voter(request))
    return render(request, "voting/elections.html", {"own": own})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter_details(request: HttpRequest, slug: str) -> HttpResponse:
    election = public_election_or_404(slug)
    if confirmed_details.confirmed_entry(request, election):
        return redirect("voting:ballot", slug)
    form = DetailsForm(request.POST or None, election=election)
    if request.method == "POST" and form.is_valid() and _take_details(request, election, form):
        return redirect("voting:ballot", slug)
    status = 400 if form.errors else 200
    return render(
        request, "voting/details.html", {"election": election, "form": form}, status=status
    )


@login_required
@never_cache
@require_safe
def ballot(request: HttpRequest, slug: str) -> HttpResponse:
    election = public_election_or_404(slug)
    if not rules.is_taking_ballots(election.state, election.closes_at, database_now()):
        return redirect("voting:election", slug)
    entry = confirmed_details.confirmed_entry(request, election)
    if entry is None:
        return redirect("voting:details", slug)
    if entry.has_voted and not election.allow_revote:
        return _already_cast(request, election, entry)
    context = {
        "election": election,
        "entry": entry,
        "manifest": json.loads(election.manifest),
        "voter": _shown_voter(election, entry),
        "contests": ballot_contests(election, entry),
        "face_needed": presence.is_needed(election, seen_at_sign_in=login.voter_was_seen(request)),
        "again": entry.has_voted,
        "phone_offered": settings.PHONE_HANDOFF,
    }
    return render(request, "voting/ballot.html", context)


@login_required
@never_cache
@require_safe
def standing(request: HttpRequest, slug: str) -> HttpResponse:
    """Whether the voter is still signed in with details, and a token that fits this session.

    The page of the ballot asks before it sends something: a session may have ended or changed
    hands since it was loaded.
    """
    election = public_election_or_404(slug)
    try:
        sender = _confirmed_voter(request, election)
    except CastRefused as refusal:
        return _refused(refusal)
    return JsonResponse({"csrf_token": get_token(request), "credential": sender.entry.credential})


@login_required
@never_cache
@require_POST
def cast(request: HttpRequest, slug: str) -> HttpResponse:
    """The body of the request is the encrypted ballot: this server never sees a choice.

    The answer has the address of the receipt's page, and the receipt itself, signed under the board
    key (docs/cryptography.md, section 7), which the browser checks and offers to keep.
    """
    election = public_election_or_404(slug)
    try:
        sender = _confirmed_voter(request, election)
        signed = casting.cast_ballot(election, sender, raw_body(request), now=database_now())
    except NoRawBody:
        return _refused(CastRefused(CastRefusalCode.INVALID))
    except CastRefused as refusal:
        return _refused(refusal)
    address = reverse("voting:receipt", args=[slug, signed.event.body["tracker"]])
    return JsonResponse({"receipt": address, "signed": signed.to_dict()})


@login_required
@never_cache
@require_POST
def spoil(request: HttpRequest, slug: str) -> HttpResponse:
    election = public_election_or_404(slug)
    tracker = request.POST.get("tracker", "")
    try:
        sender = _confirmed_voter(request, election)
        if not TRACKER.fullmatch(tracker):
            raise CastRefused(CastRefusalCode.INVALID)
        casting.spoil_ballot(election, sender, tracker, now=database_now())
    except CastRefused as refusal:
        return _refused(refusal)
    return JsonResponse({"tracker": tracker})


@login_required
@never_cache
@require_safe
def receipt(request: HttpRequest, slug: str, tracker: str) -> HttpResponse:
    """A receipt proves that the ballot is in the box. It looks the same for every choice."""
    election = public_election_or_404(slug)
    entry = details.entry_of(election, voter(request))
    credential = entry.credential if entry else ""
    own_ballot = get_object_or_404(
        CastBallot, election=election, tracker=tracker, credential=credential
    )
    context = {
        "election": election,
        "entry": entry,
        "tracker": tracker,
        "short": human(tracker).split("-"),
        "site": request.build_absolute_uri(reverse("voting:election", args=[slug])),
        "counts": own_ballot.live,
        "manifest": json.loads(election.manifest),
        "signed": casting.receipt_of(election, tracker).to_dict() if election.is_format_2 else None,
    }
    return render(request, "voting/receipt.html", context)


def _shown_voter(election: Election, entry: VoterRollEntry) -> dict[str, object]:
    """The voter's row of the roll, as far as the browser needs it to make the ballot."""
    row = public_row_of(election, entry)
    return {"credential": row.credential, "group": row.group, "keys": list(row.keys)}


def _take_details(request: HttpRequest, election: Election, form: DetailsForm) -> bool:
    try:
        entry = details.check_details(
            election,
            voter(request),
            voter_number=form.cleaned_data.get("voter_number", ""),
            date_of_birth=form.cleaned_data.get("date_of_birth"),
            now=database_now(),
        )
    except DetailsRefused as refusal:
        form.add_error(None, refusal.words)
        return False
    confirmed_details.remember(request, entry)
    return True


def _confirmed_voter(request: HttpRequest, election: Election) -> Voter:
    """The voter who has passed the details step. Raises CastRefused."""
    entry = confirmed_details.confirmed_entry(request, election)
    if entry is None:
        raise CastRefused(CastRefusalCode.DETAILS_FIRST)
    return Voter(
        voter(request),
        entry,
        browser_hash(request),
        seen_at_sign_in=login.voter_was_seen(request),
    )


def _already_cast(request: HttpRequest, election: Election, entry: VoterRollEntry) -> HttpResponse:
    context = {"election": election, "tracker": casting.live_tracker(election, entry)}
    return render(request, "voting/already_cast.html", context, status=409)


def _refused(refusal: CastRefused) -> JsonResponse:
    body = {"code": refusal.code, "message": refusal.words}
    if refusal.code == CastRefusalCode.BUSY:
        return JsonResponse(body, status=503, headers={"Retry-After": "2"})
    return JsonResponse(body, status=409)
