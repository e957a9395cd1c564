"""What everybody may see: elections, their boards, the check of a receipt, results."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from voting.ballots.page import ballot_contests
from voting.board import reading
from voting.board.heads import public_head
from voting.counting.results import contest_results, result_data
from voting.elections.public_elections import public_election_or_404, public_elections
from voting.elections.turnout import turnout_of
from voting.models import ChoicePicture, Election, State
from voting.roll.reading.cells import harmless
from voting.roll.reading.text import BYTE_ORDER_MARK

if TYPE_CHECKING:
    from django.http import HttpRequest

PAGE = 50
SHOWN_AT_HOME = 20


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    elections = public_elections()[:SHOWN_AT_HOME]
    return render(request, "home.html", {"elections": elections})


@require_GET
def election_page(request: HttpRequest, slug: str) -> HttpResponse:
    election = public_election_or_404(slug)
    context = {
        "election": election,
        "turnout": turnout_of(election),
        "contests": ballot_contests(election),
    }
    return render(request, "voting/election.html", context)


@require_GET
def board(request: HttpRequest, slug: str) -> HttpResponse:
    election = public_election_or_404(slug)
    typed = request.GET.get("tracker", "").strip()
    events = reading.find_events(election, typed) if typed else reading.public_events(election)
    page = Paginator(events.defer("line"), PAGE).get_page(request.GET.get("page"))
    context = {
        "election": election,
        "page_obj": page,
        "typed": typed,
        "aliases": reading.aliases(election, page),
    }
    return render(request, "voting/board.html", context)


@require_GET
def board_file(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    election = public_election_or_404(slug)
    response = StreamingHttpResponse(
        reading.board_file(election), content_type="application/x-ndjson"
    )
    response["Content-Disposition"] = f'attachment; filename="{election.slug}.jsonl"'
    response["Cache-Control"] = "no-cache"
    return response


@require_GET
def manifest(request: HttpRequest, slug: str) -> HttpResponse:
    """The manifest of a frozen election in the one line whose SHA-256 is the fingerprint."""
    election = public_election_or_404(slug)
    return HttpResponse(election.manifest, content_type="application/json")


@require_GET
def board_head(request: HttpRequest, slug: str) -> HttpResponse:
    """A signed head of the part of the board that is public."""
    election = public_election_or_404(slug)
    head = public_head(election)
    if head is None:
        raise Http404
    return HttpResponse(head, content_type="application/json")


@require_GET
def verify(request: HttpRequest) -> HttpResponse:
    with_board = public_elections().exclude(state=State.FROZEN)
    return render(request, "voting/verify.html", {"elections": with_board})


@require_GET
def results(request: HttpRequest, slug: str) -> HttpResponse:
    election = public_election_or_404(slug)
    context = {"election": election, "turnout": turnout_of(election)}
    if election.state == State.RELEASED:
        context["results"] = contest_results(election)
        context["result"] = election.result
    return render(request, "voting/results.html", context)


@require_GET
def results_json(request: HttpRequest, slug: str) -> JsonResponse:
    return JsonResponse(result_data(_released(slug)))


@require_GET
def results_csv(request: HttpRequest, slug: str) -> HttpResponse:
    election = _released(slug)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{election.slug}-results.csv"'
    # Without a byte order mark, Excel takes UTF-8 for another encoding.
    response.write(BYTE_ORDER_MARK)
    writer = csv.writer(response)
    writer.writerow(["contest", "choice", "party", "votes", "percent", "eligible", "voted"])
    turnout = [election.result.eligible, election.result.voted]
    for contest in contest_results(election):
        for choice in contest.choices:
            texts = [harmless(text) for text in (contest.title, choice.name, choice.party)]
            numbers = ["(withheld)", ""] if contest.withheld else [choice.votes, choice.percent]
            writer.writerow([*texts, *numbers, *turnout])
        if contest.blank is not None:
            row = [harmless(contest.title), "(blank)", "", contest.blank, ""]
            writer.writerow([*row, *turnout])
    return response


@require_GET
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    stored = get_object_or_404(ChoicePicture, pk=pk)
    in_draft = stored.choice.contest.election.state == State.DRAFT
    if in_draft and not request.user.has_perm("voting.view_election"):
        raise Http404
    response = HttpResponse(bytes(stored.webp), content_type="image/webp")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "max-age=3600"
    return response


def _released(slug: str) -> Election:
    election = public_election_or_404(slug)
    if election.state != State.RELEASED:
        raise Http404
    return election
