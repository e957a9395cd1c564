"""The authorisation endpoint: a program sends somebody here, and gets a code back.

A request that can be answered at once is. Any other waits in the database (waiting.py) while the
person signs in, decides, or shows the face; each of these leads back to `waiting_request`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.audit import Action, record, user_subject
from accounts.oidc import acts, claims, connections, hints, waiting
from accounts.oidc.asked import Prompt
from accounts.oidc.issuer import answer_url
from accounts.oidc.library import SentBack, Unanswerable, code_url, read_request
from accounts.oidc.steps import SILENT_ERRORS, Situation, Step, next_step
from accounts.sign_in import login, next_page, proofs
from accounts.signed_in import signed_in

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from accounts.models import User
    from accounts.oidc.asked import Asked
    from accounts.oidc.models import AuthorizationRequest


@dataclass(frozen=True, slots=True)
class Turn:
    """One request of the browser, on the way of one authorisation request.

    `kept` is the waiting row, if there is one already.
    """

    request: HttpRequest
    asked: Asked
    query: str
    kept: AuthorizationRequest | None
    now: datetime

    @property
    def person(self) -> User | None:
        return signed_in(self.request)

    @property
    def matter(self) -> str:
        """What a face step for this request is bound to."""
        return str(self.kept.pk) if self.kept else ""

    def waiting(self) -> AuthorizationRequest:
        return self.kept or waiting.keep(self.asked.client, self.query, now=self.asked.made_at)


# A program may POST its request (OpenID Connect Core, 3.1.2.1). Nothing happens before the person
# has come again by GET: the browser sends no session with a POST from another site.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    if request.method == "POST":
        query = request.POST.urlencode()
    now = timezone.now()
    try:
        asked = read_request(request, query, now=now)
        if request.method == "POST":
            return redirect(waiting.path_of(waiting.keep(asked.client, query, now=now)))
        return _go_on(Turn(request, asked, query, kept=None, now=now))
    except SentBack as back:
        return HttpResponseRedirect(back.url)
    except Unanswerable:
        return render(request, "oidc/refused.html", status=400)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def waiting_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Go on with a request that has waited; POST is the person's answer to what it asks."""
    now = timezone.now()
    try:
        kept = waiting.find(request_id, now=now)
        asked = read_request(request, kept.query, now=kept.made_at)
        turn = Turn(request, asked, kept.query, kept, now)
        return _decide(turn) if request.method == "POST" else _go_on(turn)
    except SentBack as back:
        return _back_page(request, back.url)
    except (waiting.NotWaiting, Unanswerable):
        return render(request, "oidc/too_late.html", status=410)


def _go_on(turn: Turn) -> HttpResponse:
    step = next_step(turn.asked, _situation(turn))
    if turn.asked.is_silent and step in SILENT_ERRORS:
        return _send_back(turn, error=SILENT_ERRORS[step])
    match step:
        case Step.SIGN_IN:
            return redirect(
                next_page.leading_to("accounts:sign-in", waiting.path_of(turn.waiting()))
            )
        case Step.SOMEBODY_ELSE:
            return _send_back(turn, error=SILENT_ERRORS[step])
        case Step.NOT_ALLOWED | Step.FACE_NEEDED:
            return _cannot_use(turn, step)
        case Step.AGREE:
            return _ask_to_agree(turn)
        case Step.PROVE:
            return _ask_for_face(turn)
        case Step.ANSWER:
            return _answer(turn)


def _situation(turn: Turn) -> Situation:
    person, asked = turn.person, turn.asked
    if person is None:
        return Situation(login=None)
    return Situation(
        login=login.completed(turn.request),
        is_the_hinted=hints.is_about(asked.id_token_hint, person, turn.request),
        may_use=connections.may_use(person, asked.client),
        has_agreed=_has_agreed(turn, person),
        proved_at=proofs.given_at(turn.request, turn.matter),
        moved_at=proofs.last(turn.request),
    )


def _has_agreed(turn: Turn, person: User) -> bool:
    """To this very request, or earlier to one that asked for no more. An act is always asked."""
    if turn.kept and turn.kept.agreed_by_id == person.pk:
        return True
    if turn.asked.act is not None or Prompt.CONSENT in turn.asked.prompts:
        return False
    return connections.has_agreed(person, turn.asked.client, turn.asked.scopes)


def _decide(turn: Turn) -> HttpResponse:
    kept, person = turn.waiting(), turn.person
    if person is None or turn.request.POST.get("answer") == "yes":
        if person is not None:
            waiting.agree(kept, person)
        return redirect(waiting.path_of(kept))
    waiting.answer(kept, now=turn.now)
    return _send_back(turn, error="access_denied", error_description="the person said no")


def _ask_to_agree(turn: Turn) -> HttpResponse:
    client = turn.asked.client
    context = {
        "program": client,
        "act": turn.asked.act,
        "learns": claims.words_of(turn.asked.scopes),
        "answer_to": waiting.path_of(turn.waiting()),
    }
    return render(turn.request, "oidc/agree.html", context)


def _ask_for_face(turn: Turn) -> HttpResponse:
    kept, act = turn.waiting(), turn.asked.act
    asked = proofs.AskedProof(
        by=str(turn.asked.client),
        words=act.text if act else "",
        next=waiting.path_of(kept),
    )
    proofs.ask(turn.request, str(kept.pk), asked)
    return redirect("biometrics:prove", kept.pk)


def _cannot_use(turn: Turn, step: Step) -> HttpResponse:
    back = answer_url(
        turn.asked.redirect_uri, turn.request, error="access_denied", state=turn.asked.state
    )
    context = {"program": turn.asked.client, "face_needed": step is Step.FACE_NEEDED, "back": back}
    return render(turn.request, "oidc/not_for_you.html", context, status=403)


def _answer(turn: Turn) -> HttpResponse:
    """Everything is as it must be: make the code, note it, and lead the browser back with it."""
    person, seen = turn.person, login.completed(turn.request)
    if person is None or seen is None:
        raise Unanswerable
    act, client = turn.asked.act, turn.asked.client
    with transaction.atomic():
        if turn.kept:
            waiting.answer(turn.kept, now=turn.now)
        connections.connect(person, client, turn.asked.scopes, now=turn.now)
        sign_in = claims.SignIn.of(seen, for_act=act is not None)
        url = code_url(turn.request, turn.asked, person, sign_in, _proved(turn))
        _record(Action.PROGRAM_SIGNED_IN_TO, person, turn)
        if act is not None:
            _record(Action.ACT_PROVED, person, turn, act=acts.digest(act))
    proofs.take(turn.request, turn.matter)
    return _back(turn, url)


def _proved(turn: Turn) -> dict[str, Any] | None:
    """The act as the ID token tells it."""
    at = proofs.given_at(turn.request, turn.matter)
    if turn.asked.act is None or at is None:
        return None
    return {"details": turn.asked.act.details, "proved_at": int(at.timestamp())}


def _record(action: Action, person: User, turn: Turn, **details: str) -> None:
    client = turn.asked.client
    record(action, actor=person, subject=user_subject(person.pk), program=client.pk, **details)


def _send_back(turn: Turn, **fields: str) -> HttpResponse:
    url = answer_url(turn.asked.redirect_uri, turn.request, state=turn.asked.state, **fields)
    return _back(turn, url)


def _back(turn: Turn, url: str) -> HttpResponse:
    return _back_page(turn.request, url, turn.asked) if turn.kept else HttpResponseRedirect(url)


def _back_page(request: HttpRequest, url: str, asked: Asked | None = None) -> HttpResponse:
    """A page that leads back by itself.

    Forms of this site may lead nowhere else (Content-Security-Policy), and browsers count the
    redirects after a form too. So what follows a sign-in or a yes cannot be a redirect.
    """
    context = {"url": url, "program": asked.client if asked else ""}
    return render(request, "oidc/go_back.html", context)
