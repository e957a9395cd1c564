"""What the desk and the phone ask for while a face step is handed over. See `passing`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import segno
from django.conf import settings
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from accounts.raw_body import raw_body
from accounts.sign_in import login
from accounts.sign_in.factors import Factor
from accounts.signed_in import signed_in
from biometrics.handoff import passing
from biometrics.handoff.desk_words import desk_words
from biometrics.handoff.passing import HandoffRefused
from biometrics.models import HandoffState, Purpose
from biometrics.verification import sessions
from biometrics.verification.browser_binding import browser_hash
from biometrics.verification.routing import SOCKET_PATH
from biometrics.verification.views import purpose_of, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from accounts.models import User
    from biometrics.models import PhoneHandoff

MAX_TICKET = 64
QR_SCALE = 6


@never_cache
@require_POST
def show(request: HttpRequest) -> JsonResponse:
    """The desk asks for a QR code."""
    _require_offered()
    try:
        purpose, bound_to = _matter(request)
    except (ValueError, RecursionError):
        return JsonResponse({"code": "form"}, status=400)
    user = _desk_user(request, purpose)
    if user is None:
        return JsonResponse({"code": "sign_in"}, status=403)
    agent = request.headers.get("User-Agent", "")
    try:
        shown = passing.show(
            user,
            purpose,
            bound_to,
            browser_hash=browser_hash(request),
            desk=desk_words(agent),
            now=timezone.now(),
        )
    except sessions.SessionRefused as refusal:
        return refused(refusal)
    # Behind "#": no server's log and no page that is linked to ever sees it.
    address = request.build_absolute_uri(reverse("biometrics:phone")) + f"#{shown.ticket}"
    qr = segno.make(address, error="m", micro=False)
    return JsonResponse(
        {
            **_status(shown.handoff),
            "address": address,
            "qr": qr.svg_data_uri(scale=QR_SCALE, border=4, dark="#000", light="#fff"),
        }
    )


@never_cache
@require_POST
def ask(request: HttpRequest) -> JsonResponse:
    """The desk asks every second how far the phone is."""
    try:
        purpose, bound_to = _matter(request)
    except (ValueError, RecursionError):
        return JsonResponse({"code": "form"}, status=400)
    user = _desk_user(request, purpose)
    if user is None:
        return JsonResponse({"code": "sign_in"}, status=403)
    login.keep_pending(request)
    handoff = passing.ask(
        user, purpose, bound_to, browser_hash=browser_hash(request), now=timezone.now()
    )
    return JsonResponse(_status(handoff) if handoff else {"state": str(HandoffState.ENDED)})


@never_cache
@require_POST
def give_up(request: HttpRequest) -> JsonResponse:
    user = signed_in(request) or login.pending_user(request, Factor.FACE)
    if user is not None:
        passing.give_up(user, browser_hash=browser_hash(request))
    return JsonResponse({})


@never_cache
@require_safe
@ensure_csrf_cookie
def phone(request: HttpRequest) -> HttpResponse:
    """The page that the QR code opens. It uses nothing up: programs that preview links come here.

    The browser gets its mark here, so that the requests that follow are known to be of one phone.
    """
    _require_offered()
    browser_hash(request)
    return render(request, "biometrics/phone.html")


@never_cache
@require_POST
def scan(request: HttpRequest) -> JsonResponse:
    return _answer(request, passing.scan)


@never_cache
@require_POST
def confirm(request: HttpRequest) -> JsonResponse:
    return _answer(request, passing.confirm)


@never_cache
@require_POST
def deny(request: HttpRequest) -> JsonResponse:
    try:
        passing.deny(_ticket(request), phone_hash=browser_hash(request), now=timezone.now())
    except (HandoffRefused, ValueError, RecursionError):
        return _used_or_old()
    return JsonResponse({})


@never_cache
@require_POST
def ticket(request: HttpRequest) -> JsonResponse:
    """A ticket for the socket. The capture widget sends the hand-off's ticket as `bound_to`."""
    _require_offered()
    try:
        issued = passing.socket_ticket(
            _ticket(request, name="bound_to"),
            phone_hash=browser_hash(request),
            now=timezone.now(),
        )
    except (HandoffRefused, ValueError, RecursionError):
        return _used_or_old()
    except sessions.SessionRefused as refusal:
        return refused(refusal)
    return JsonResponse({"ticket": issued, "socket": SOCKET_PATH})


def _answer(request: HttpRequest, step: Callable[..., PhoneHandoff]) -> JsonResponse:
    _require_offered()
    try:
        handoff = step(_ticket(request), phone_hash=browser_hash(request), now=timezone.now())
    except (HandoffRefused, ValueError, RecursionError):
        return _used_or_old()
    return JsonResponse(
        {
            "state": handoff.state,
            "code": handoff.code,
            "account": handoff.user.get_username(),
            "purpose": handoff.purpose,
            "tracker": handoff.bound_to,
            "desk": handoff.desk,
        }
    )


def _used_or_old() -> JsonResponse:
    return JsonResponse({"code": str(passing.HandoffRefusalCode.USED_OR_OLD)}, status=403)


def _status(handoff: PhoneHandoff) -> dict[str, object]:
    left = (handoff.expires_at - timezone.now()).total_seconds()
    return {"state": handoff.state, "code": handoff.code, "seconds_left": max(0, int(left))}


def _matter(request: HttpRequest) -> tuple[Purpose, str]:
    """Raises ValueError for a face step that is not handed over."""
    purpose, bound_to = purpose_of(raw_body(request))
    if purpose not in passing.PURPOSES:
        raise ValueError("only a sign-in and a ballot are handed over")
    return purpose, bound_to


def _desk_user(request: HttpRequest, purpose: Purpose) -> User | None:
    if purpose is Purpose.LOGIN:
        return login.pending_user(request, Factor.FACE)
    return signed_in(request)


def _ticket(request: HttpRequest, *, name: str = "ticket") -> str:
    """Raises ValueError if the body holds no ticket."""
    data = json.loads(raw_body(request))
    found = data.get(name) if isinstance(data, dict) else None
    if not isinstance(found, str) or not 0 < len(found) <= MAX_TICKET:
        raise ValueError("no ticket")
    return found


def _require_offered() -> None:
    if not settings.PHONE_HANDOFF:
        raise Http404
