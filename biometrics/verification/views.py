"""The page of the face step, the ticket for its socket, and the log-in that it completes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.raw_body import raw_body
from accounts.sign_in import login, next_page, proofs
from accounts.sign_in.factors import Factor
from accounts.signed_in import signed_in
from biometrics.consent.agreement import has_consent
from biometrics.models import Purpose
from biometrics.verification import grants, sessions
from biometrics.verification.browser_binding import browser_hash
from biometrics.verification.routing import SOCKET_PATH

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


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
    if not has_consent(user):
        return redirect(_to_consent(request))
    context = {
        "purpose": Purpose.LOGIN,
        "complete_url": reverse("biometrics:complete"),
        "next": next_page.requested(request),
    }
    return render(request, "biometrics/face_step.html", context)


@never_cache
@require_POST
def ticket(request: HttpRequest) -> JsonResponse:
    """Issue a ticket for the socket: for a pending log-in, a voter's ballot or a proof."""
    try:
        purpose, bound_to = _purpose_of(raw_body(request))
    except (ValueError, RecursionError):
        return JsonResponse({"code": "form"}, status=400)
    user = (
        login.pending_user(request, Factor.FACE) if purpose is Purpose.LOGIN else signed_in(request)
    )
    if user is None:
        return JsonResponse({"code": "sign_in"}, status=403)
    try:
        issued = sessions.issue_ticket(
            user, purpose, bound_to, browser_hash=browser_hash(request), now=timezone.now()
        )
    except sessions.SessionRefused as refusal:
        body = {"code": str(refusal.code), "retry_after": refusal.retry_after}
        return JsonResponse(body, status=STATUS.get(refusal.code, 403))
    return JsonResponse({"ticket": issued, "socket": SOCKET_PATH})


@never_cache
@require_POST
def complete(request: HttpRequest) -> HttpResponse:
    """Spend the grant of the face step, and only then log the voter in."""
    user = login.pending_user(request, Factor.FACE)
    if user is None:
        return redirect(next_page.handed_on(request, "accounts:sign-in"))
    try:
        grants.spend(user, Purpose.LOGIN, browser_hash=browser_hash(request), now=timezone.now())
    except grants.GrantRefused:
        return redirect(next_page.handed_on(request, "biometrics:face-step"))
    login.complete(request, user, factor=Factor.FACE)
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
    now = timezone.now()
    try:
        grants.spend(user, Purpose.PROVE, matter, browser_hash=browser_hash(request), now=now)
    except grants.GrantRefused:
        return redirect("biometrics:prove", matter)
    return redirect(proofs.give(request, matter, now=now))


def _to_consent(request: HttpRequest) -> str:
    """The question for consent, which leads back to this step."""
    is_plain = request.path == reverse("biometrics:face-step") and not request.GET
    return next_page.leading_to("biometrics:consent", "" if is_plain else request.get_full_path())


def _purpose_of(body: bytes) -> tuple[Purpose, str]:
    """Read the purpose and the matter it is bound to. Raises ValueError for another body."""
    data = json.loads(body)
    if not isinstance(data, dict):
        raise ValueError("not an object")
    purpose, bound_to = Purpose(str(data.get("purpose"))), data.get("bound_to", "")
    if not isinstance(bound_to, str) or not BOUND_TO.fullmatch(bound_to):
        raise ValueError("bound_to")
    if (purpose is Purpose.LOGIN) == bool(bound_to):
        raise ValueError("a login names nothing, every other verification what it is bound to")
    return purpose, bound_to
