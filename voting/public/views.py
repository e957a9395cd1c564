"""What everybody may see: the election, its board, the check of a receipt, the result."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from voting.ballots.page import ballot_contests
from voting.board import appending as boards
from voting.board import reading
from voting.counting.results import contest_results, result_data
from voting.crypto.chain import Tip
from voting.elections import selectors
from voting.models import Board, ChoicePicture, Election, State
from voting.roll.cells import harmless

if TYPE_CHECKING:
    from django.http import HttpRequest

PAGE = 50
SHOWN_AT_HOME = 20


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    elections = selectors.public_elections()[:SHOWN_AT_HOME]
    return render(request, "home.html", {"elections": elections})


@require_GET
def election(request: HttpRequest, slug: str) -> HttpResponse:
    shown = _public(slug)
    context = {
        "election": shown,
        "turnout": selectors.turnout(shown),
        "contests": ballot_contests(shown, None),
    }
    return render(request, "voting/election.html", context)


@require_GET
def board(request: HttpRequest, slug: str) -> HttpResponse:
    shown = _public(slug)
    typed = request.GET.get("tracker", "").strip()
    events = reading.find_events(shown, typed) if typed else reading.public_events(shown)
    page = Paginator(events.defer("line"), PAGE).get_page(request.GET.get("page"))
    context = {
        "election": shown,
        "page_obj": page,
        "typed": typed,
        "aliases": reading.aliases(shown, page),
    }
    return render(request, "voting/board.html", context)


@require_GET
def board_file(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    shown = _public(slug)
    response = StreamingHttpResponse(reading.board_file(shown), content_type="application/x-ndjson")
    response["Content-Disposition"] = f'attachment; filename="{shown.slug}.jsonl"'
    response["Cache-Control"] = "no-cache"
    return response


@require_GET
def board_head(request: HttpRequest, slug: str) -> HttpResponse:
    """A signed head of what the public may see of the board."""
    shown = _public(slug)
    last = reading.public_events(shown).last()
    if last is None:
        raise Http404
    hour = Board.objects.get(election=shown).hour
    head = boards.sign(shown, Tip(last.seq + 1, last.hash), hour)
    return HttpResponse(head.to_json(), content_type="application/json")


@require_GET
def verify(request: HttpRequest) -> HttpResponse:
    shown = selectors.public_elections().exclude(state=State.FROZEN)
    return render(request, "voting/verify.html", {"elections": shown})


@require_GET
def results(request: HttpRequest, slug: str) -> HttpResponse:
    shown = _public(slug)
    context = {"election": shown, "turnout": selectors.turnout(shown)}
    if shown.state == State.RELEASED:
        context["results"] = contest_results(shown)
        context["result"] = shown.result
    return render(request, "voting/results.html", context)


@require_GET
def results_json(request: HttpRequest, slug: str) -> JsonResponse:
    return JsonResponse(result_data(_released(slug)))


@require_GET
def results_csv(request: HttpRequest, slug: str) -> HttpResponse:
    shown = _released(slug)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{shown.slug}-results.csv"'
    writer = csv.writer(response)
    writer.writerow(["contest", "choice", "party", "votes", "percent"])
    for contest in contest_results(shown):
        for choice in contest.choices:
            words = [harmless(text) for text in (contest.title, choice.name, choice.party)]
            writer.writerow([*words, choice.votes, choice.percent])
        if contest.blank is not None:
            writer.writerow([harmless(contest.title), "(blank)", "", contest.blank, ""])
    return response


@require_GET
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(ChoicePicture, pk=pk)
    draft = shown.choice.contest.election.state == State.DRAFT
    if draft and not request.user.has_perm("voting.view_election"):
        raise Http404
    response = HttpResponse(bytes(shown.webp), content_type="image/webp")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "max-age=3600"
    return response


def _public(slug: str) -> Election:
    return get_object_or_404(selectors.public_elections(), slug=slug)


def _released(slug: str) -> Election:
    shown = _public(slug)
    if shown.state != State.RELEASED:
        raise Http404
    return shown
