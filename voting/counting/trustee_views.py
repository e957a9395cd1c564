"""The page of a trustee. Whoever has the link acts as the trustee; the key stays in the browser.

`GET trustee/<secret>/state/`, and the answer to each message, is this object. Everything in it is
public, and the browser checks all of it: it may come from a server that lies.

    {"election": "<id>", "state": "draft", "index": 2, "threshold": 2, "trustees": 3,
     "registrations": [{…} or null, …],      by the trustees' numbers
     "shares": [{…} or null, …],             those for this trustee, by their senders' numbers
     "sent": {"registration": true, "shares": false, "complaint": false, "confirmation": false,
              "endorsement": false, "partial": false},
     "complaints": [{"by": 2, "message": {…}, "at_fault": 3}],
     "people": [{"name": "…", "step": "registered"}],
     "manifest": {…} or null,                from freezing on
     "board": "<address>" or null,           the board file, once its sums can be decrypted
     "waits_for_witnesses": false}           the sums are there, but too few witnesses have signed

Messages are POSTed as JSON to `trustee/<secret>/<kind>/`. The kinds are `registration`, `shares`
(the list of all shares, by receiver), `complaint`, `confirmation`, `endorsement` (["<c>", "<z>"])
and `partial` (the body of the event `decryption`). docs/cryptography.md gives their forms.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from voting.counting import counting
from voting.elections.freezing import read_manifest
from voting.keys import ceremony, naming
from voting.models import State, Trustee
from voting.refusals import StepRefused

if TYPE_CHECKING:
    from django.http import HttpRequest

    from voting.models import Election


@never_cache
@require_GET
def trustee(request: HttpRequest, token: str) -> HttpResponse:
    holder = _trustee_or_404(token)
    context = {"trustee": holder, "election": holder.election, "token": token}
    response = render(request, "voting/trustee.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_GET
def trustee_state(request: HttpRequest, token: str) -> JsonResponse:
    """All public data that the trustee's browser needs for its computations."""
    return JsonResponse(_state(_trustee_or_404(token)))


@never_cache
@require_POST
def trustee_message(request: HttpRequest, token: str, kind: str) -> JsonResponse:
    sender = _trustee_or_404(token)
    try:
        message = json.loads(request.body or b"null")
        if kind == "endorsement":
            ceremony.receive_endorsement(sender, message)
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
    holder = naming.by_token(token)
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
            name: getattr(me, name) is not None
            for name in (
                *("registration", "shares", "complaint"),
                *("confirmation", "endorsement", "partial"),
            )
        },
        "complaints": [
            {"by": other.index, **other.complaint} for other in everybody if other.complaint
        ],
        "people": [
            {"name": other.name, "step": ceremony.furthest(other, guilty)} for other in everybody
        ],
        "manifest": json.loads(election.manifest) if election.manifest else None,
        **_board(election),
    }


def _board(election: Election) -> dict[str, Any]:
    tallied = election.state == State.CLOSED and counting.is_tallied(election)
    ready = tallied and counting.is_decryptable(election, read_manifest(election))
    address = reverse("voting:board-file", args=[election.slug])
    return {"board": address if ready else None, "waits_for_witnesses": tallied and not ready}
