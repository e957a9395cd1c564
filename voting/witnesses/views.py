"""What witnesses send, and what they and everybody else may read of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import JsonResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from voting.elections.public_elections import public_election_or_404
from voting.models import State
from voting.tasks import count_election
from voting.witnesses import statements
from voting.witnesses.statements import StatementRefusalCode, StatementRefused

if TYPE_CHECKING:
    from django.http import HttpRequest

LONGEST = 4096  # bytes of a statement


# A statement carries its own signature, and a witness's program has no session to protect.
@csrf_exempt
@require_POST
def receive(request: HttpRequest, slug: str) -> JsonResponse:
    """201: the statement is on the board. 200: it was already. 400 and 429: `error` says why."""
    election = public_election_or_404(slug)
    try:
        if int(request.headers.get("Content-Length") or 0) > LONGEST:
            raise StatementRefused(StatementRefusalCode.FORM)
        is_new = statements.take(election, request.body, now=timezone.now())
    except StatementRefused as refusal:
        status = 429 if refusal.code == StatementRefusalCode.TOO_MANY else 400
        return JsonResponse({"error": refusal.code.value}, status=status)
    if election.state == State.CLOSED:
        # The count may have waited for this witness.
        transaction.on_commit(partial(count_election.delay, election.pk))
    return JsonResponse({}, status=201 if is_new else 200)


@require_safe
def published(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The heads and witnesses' statements on the board, one on each line."""
    election = public_election_or_404(slug)
    response = StreamingHttpResponse(
        statements.published(election), content_type="application/x-ndjson"
    )
    response["Cache-Control"] = "no-cache"
    return response
