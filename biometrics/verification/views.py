"""The page of the face step, the ticket for its socket, and the log-in that it completes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.database_clock import database_now
from accounts.raw_body import raw_body
from accounts.sign_in import login, next_page, proofs
from accounts.sign_in.factors import Factor
from accounts.signed_in import signed_in
from biometrics.consent.agreement import has_consent
from biometrics.engine.session import Challenge
from biometrics.models import Purpose
from biometrics.self_enrolment.policy import is_on_the_way
from biometrics.storage.references import was_verified
from biometrics.verification import desks, grants, sessions
from biometrics.verification.browser_binding import browser_hash
from biometrics.verification.routing import SOCKET_PATH

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.models import User

# What a verification is bound to: a tracker, or nothing. No text that a database cannot store.
BOUND_TO = re.compile(r"[0-9A-Za-z-]{0,100}")
STATUS = {
    sessions.SessionRefusalCode.CONSENT_NEEDED: 409,
    sessions.SessionRefusalCode.TOO_MANY_TRIES: 429,
}


@never_cache
def face_step(request: HttpRequest) -> HttpResponse:
    user = login.pending_user(request, Factor.FACE)
    if user is None:
        return redirect(next_page.handed_on(request, "accounts:sign-in"))
    if is_on_the_way(user):
        return redirect(next_page.handed_on(request, "biometrics:own-photos"))
    if not has_consent(user):
        return redirect(_to_consent(request))
    context = {
        "purpose": Purpose.LOGIN,
        "complete_url": reverse("biometrics:complete"),
        "next": next_page.requested(request),
        "phone_offered": settings.PHONE_HANDOFF,
        "phone_resumes": desks.phone_is_at_work(user, browser_hash(request), database_now()),
    }
    return render(request, "biometrics/face_step.html", context)


@never_cache
@require_POST
def ticket(request: HttpRequest) -> JsonResponse:
    """Issue a ticket for the socket: for a pending log-in, a voter's ballot or a proof."""
    try:
        purpose, bound_to = purpose_of(raw_body(request))
    except (ValueError, RecursionError):
        return JsonResponse({"code": "form"}, status=400)
    user = _who(request, purpose)
    if user is None:
        return JsonResponse({"code": "sign_in"}, status=403)
    try:
        issued = sessions.issue_ticket(
            user, purpose, bound_to, browser_hash=browser_hash(request), now=database_now()
        )
    except sessions.SessionRefused as refusal:
        return refused(refusal)
    return JsonResponse({"ticket": issued, "socket": SOCKET_PATH})


def refused(refusal: sessions.SessionRefused) -> JsonResponse:
    """Why there is no ticket, in the words of the protocol."""
    body = {"code": str(refusal.code), "retry_after": refusal.retry_after}
    return JsonResponse(body, status=STATUS.get(refusal.code, 403))


def _who(request: HttpRequest, purpose: Purpose) -> User | None:
    """Whose face step it is: of half a sign-in, of a person who is signed in, or of whoever gets
    ready to vote.

    With the password alone, the camera check is there until the face was recognised once. After
    that it would be one more way to try faces out.
    """
    pending = login.pending_user(request, Factor.FACE)
    match purpose:
        case Purpose.LOGIN:
            return pending
        case Purpose.CAST | Purpose.PROVE:
            return signed_in(request)
    user = signed_in(request)
    if user is None and pending is not None:
        if purpose is Purpose.CHECK and was_verified(pending):
            return None
        login.keep_pending(request)
    return user or pending


@never_cache
@require_POST
def complete(request: HttpRequest) -> HttpResponse:
    """Spend the grant of the face step, and only then log the voter in."""
    user = login.pending_user(request, Factor.FACE)
    if user is None:
        return redirect(next_page.handed_on(request, "accounts:sign-in"))
    try:
        grants.spend(user, Purpose.LOGIN, browser_hash=browser_hash(request), now=database_now())
    except grants.GrantRefused:
        return redirect(next_page.handed_on(request, "biometrics:face-step"))
    login.complete(request, user, factor=Factor.FACE)
    if settings.CHALLENGE_LOGIN == Challenge.ALWAYS:
        proofs.note_movements(request, now=database_now())
    return redirect(next_page.after_login(request))


@never_cache
@require_safe
def prove(request: HttpRequest, matter: str) -> HttpResponse:
    """The face step of a person who is signed in, for one matter that another page has named."""
    user, asked = signed_in(request), proofs.asked(request, matter)
    if user is None or asked is None:
        raise Http404
    if not has_consent(user):
        return redirect(_to_consent(request))
    context = {
        "purpose": Purpose.PROVE,
        "bound_to": matter,
        "complete_url": reverse("biometrics:proved", args=[matter]),
        "asked": asked,
    }
    return render(request, "biometrics/face_step.html", context)


@never_cache
@require_POST
def proved(request: HttpRequest, matter: str) -> HttpResponse:
    """Spend the grant that is bound to the matter, and note that the person has proved it."""
    user, asked = signed_in(request), proofs.asked(request, matter)
    if user is None or asked is None:
        raise Http404
    now = database_now()
    try:
        grants.spend(user, Purpose.PROVE, matter, browser_hash=browser_hash(request), now=now)
    except grants.GrantRefused:
        return redirect("biometrics:prove", matter)
    return redirect(proofs.give(request, matter, now=now))


def _to_consent(request: HttpRequest) -> str:
    """The question for consent, which leads back to this step."""
    is_plain = request.path == reverse("biometrics:face-step") and not request.GET
    return next_page.leading_to("biometrics:consent", "" if is_plain else request.get_full_path())


def purpose_of(body: bytes) -> tuple[Purpose, str]:
    """Read the purpose and the matter it is bound to. Raises ValueError for another body."""
    data = json.loads(body)
    if not isinstance(data, dict):
        raise ValueError("not an object")
    purpose, bound_to = Purpose(str(data.get("purpose"))), data.get("bound_to", "")
    if not isinstance(bound_to, str) or not BOUND_TO.fullmatch(bound_to):
        raise ValueError("bound_to")
    if (purpose in (Purpose.CAST, Purpose.PROVE)) != bool(bound_to):
        raise ValueError("a ballot or a proof names what it is bound to, all others name nothing")
    return purpose, bound_to
