"""The page of a trustee. Whoever has the link acts as the trustee; the key stays in the browser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from voting.counting import counting
from voting.crypto.chain import BoardEventKind, Event
from voting.keys import ceremony
from voting.models import BoardEvent, State, Trustee
from voting.refusals import StepRefused

if TYPE_CHECKING:
    from django.http import HttpRequest

    from voting.models import Election


@never_cache
@require_safe
def trustee(request: HttpRequest, token: str) -> HttpResponse:
    holder = _trustee_or_404(token)
    context = {"trustee": holder, "election": holder.election, "token": token}
    response = render(request, "voting/trustee.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_safe
def trustee_state(request: HttpRequest, token: str) -> JsonResponse:
    """All public data that the trustee's browser needs for its computations."""
    return JsonResponse(_state(_trustee_or_404(token)))


@never_cache
@require_POST
def trustee_message(request: HttpRequest, token: str, kind: str) -> JsonResponse:
    sender = _trustee_or_404(token)
    try:
        message = json.loads(request.body or b"null")
        if kind == "key-check":
            ceremony.check_key(sender)
        elif kind == "partial":
            counting.receive_partial(sender, message, now=timezone.now())
        else:
            ceremony.receive(sender, kind, message)
    except (ValueError, RecursionError):
        return JsonResponse({"message": _("This could not be read.")}, status=400)
    except StepRefused as refusal:
        return JsonResponse({"message": "; ".join(map(str, refusal.reasons))}, status=409)
    return JsonResponse(_state(_trustee_or_404(token)))


def _trustee_or_404(token: str) -> Trustee:
    holder = ceremony.by_token(token)
    if holder is None:
        raise Http404
    return holder


def _state(me: Trustee) -> dict[str, Any]:
    election = me.election
    everybody = list(election.trustees.order_by("index"))
    guilty = ceremony.at_fault(election)
    return {
        "election": election.slug,
        "state": election.state,
        "index": me.index,
        "threshold": election.threshold,
        "trustees": len(everybody),
        "registrations": [other.registration for other in everybody],
        "shares": [other.shares[me.index - 1] if other.shares else None for other in everybody],
        "sent": {
            "registration": me.registration is not None,
            "shares": me.shares is not None,
            "confirmation": me.confirmation is not None,
            "partial": me.partial is not None,
        },
        "key_checked": me.key_checked,
        "complaints": [other.complaint for other in everybody if other.complaint],
        "people": [
            {"name": other.name, "step": ceremony.furthest(other, guilty)} for other in everybody
        ],
        "manifest": json.loads(election.manifest) if election.manifest else None,
        "tally": _tally(election) if election.state == State.CLOSED else None,
    }


def _tally(election: Election) -> Any:
    """The body of the tally event on the board, or None if there is none yet."""
    event = BoardEvent.objects.filter(election=election, kind=BoardEventKind.TALLY).first()
    return Event.from_line(bytes(event.line)).body if event else None
