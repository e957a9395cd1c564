"""The pages of a trustee: who holds the link is the trustee; the secret stays in the browser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from voting.counting import counting
from voting.crypto.chain import BoardEventKind, Event
from voting.keys import ceremony
from voting.models import BoardEvent, State, Trustee
from voting.refusals import StepRefused

if TYPE_CHECKING:
    from django.http import HttpRequest


@never_cache
@require_GET
def trustee(request: HttpRequest, token: str) -> HttpResponse:
    row = _by(token)
    context = {"trustee": row, "election": row.election, "token": token}
    response = render(request, "voting/trustee.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_GET
def trustee_state(request: HttpRequest, token: str) -> JsonResponse:
    """Everything public that the trustee's browser computes with."""
    return JsonResponse(_state(_by(token)))


@never_cache
@require_POST
def trustee_message(request: HttpRequest, token: str, kind: str) -> JsonResponse:
    row = _by(token)
    try:
        message = json.loads(request.body or b"null")
        if kind == "key-check":
            ceremony.check_key(row)
        elif kind == "partial":
            counting.receive_partial(row, message, now=timezone.now())
        else:
            ceremony.receive(row, kind, message)
    except (ValueError, RecursionError):
        return JsonResponse({"message": _("This could not be read.")}, status=400)
    except StepRefused as refusal:
        return JsonResponse({"message": "; ".join(map(str, refusal.reasons))}, status=409)
    return JsonResponse(_state(_by(token)))


def _by(token: str) -> Trustee:
    row = ceremony.by_token(token)
    if row is None:
        raise Http404
    return row


def _state(row: Trustee) -> dict[str, Any]:
    election = row.election
    rows = list(election.trustees.order_by("index"))
    guilty = ceremony.at_fault(election)
    return {
        "election": election.slug,
        "state": election.state,
        "index": row.index,
        "threshold": election.threshold,
        "trustees": len(rows),
        "registrations": [other.registration for other in rows],
        "shares": [other.shares[row.index - 1] if other.shares else None for other in rows],
        "sent": {
            "registration": row.registration is not None,
            "shares": row.shares is not None,
            "confirmation": row.confirmation is not None,
            "partial": row.partial is not None,
        },
        "key_checked": row.key_checked,
        "complaints": [other.complaint for other in rows if other.complaint],
        "people": [{"name": row.name, "step": ceremony.furthest(row, guilty)} for row in rows],
        "manifest": json.loads(election.manifest) if election.manifest else None,
        "tally": _tally(row) if election.state == State.CLOSED else None,
    }


def _tally(row: Trustee) -> Any:
    event = BoardEvent.objects.filter(election=row.election, kind=BoardEventKind.TALLY).first()
    return Event.from_line(bytes(event.line)).body if event else None
