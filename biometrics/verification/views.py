"""Consent, the face step's page, the ticket for its socket, and the login it completes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import login
from accounts.audit import Action, record
from accounts.factors import Factor
from accounts.models import User
from accounts.views import after_login
from biometrics.consent.agreement import (
    give_consent,
    has_consent,
    text_version,
    withdraw_consent,
)
from biometrics.enrolment import notices
from biometrics.models import Purpose
from biometrics.verification import grants, sessions
from biometrics.verification.browser_binding import browser_hash
from biometrics.verification.routing import SOCKET_PATH

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

MAX_BOUND_TO = 100
DECLINED = gettext_lazy(
    "You did not agree, so no camera is started. Two officials together can let you in after they "
    "have checked who you are: ask the election office."
)
STATUS = {sessions.Code.CONSENT_NEEDED: 409, sessions.Code.TOO_MANY_TRIES: 429}


@never_cache
def face_step(request: HttpRequest) -> HttpResponse:
    user = login.pending_user(request, Factor.FACE)
    if user is None:
        return redirect("accounts:sign-in")
    if not has_consent(user):
        return redirect("biometrics:consent")
    context = {"purpose": Purpose.LOGIN, "complete_url": reverse("biometrics:complete")}
    return render(request, "biometrics/face_step.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def consent(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    if user is None:
        return redirect("accounts:sign-in")
    if request.method == "POST":
        return _answer(request, user)
    context = {
        "text_version": text_version(),
        "next": request.GET.get("next", ""),
        # Whoever says no must find the other way in on the same page.
        "may_be_let_in": login.pending_user(request, Factor.OVERRIDE) is not None,
    }
    return render(request, "biometrics/consent.html", context)


def _answer(request: HttpRequest, user: User) -> HttpResponse:
    if request.POST.get("agree") != "yes":
        messages.info(request, DECLINED)
        return redirect("biometrics:consent")
    with transaction.atomic():
        given = give_consent(user, text_version(), timezone.now())
        record(Action.CONSENT_GIVEN, actor=user, subject=f"user:{user.pk}", text=given.text_version)
    wanted = request.POST.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, None):
        return redirect(wanted)
    return redirect("biometrics:face-step")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """Asks first: a slip of the finger must not erase anybody's enrolment."""
    user = _person(request)
    if user is None:
        return redirect("accounts:sign-in")
    if request.method == "GET":
        return render(request, "biometrics/withdraw.html")
    with transaction.atomic():
        withdraw_consent(user, timezone.now())
        record(Action.CONSENT_WITHDRAWN, actor=user, subject=f"user:{user.pk}")
    messages.success(
        request, _("Your consent is taken back. Your photos and templates are erased.")
    )
    return redirect("accounts:profile")


@login_required
@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """The voter knows of the faces that were enrolled for the account."""
    user = _signed_in(request)
    if user is not None:
        notices.mark_read(user, now=timezone.now())
    wanted = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(wanted, None)
    return redirect(wanted if own else "accounts:profile")


@never_cache
@require_POST
def ticket(request: HttpRequest) -> JsonResponse:
    """A single-use ticket for the socket, for a pending login or for a voter's ballot."""
    try:
        purpose, bound_to = _wanted(request.body)
    except ValueError:
        return JsonResponse({"code": "form"}, status=400)
    user = (
        login.pending_user(request, Factor.FACE)
        if purpose is Purpose.LOGIN
        else _signed_in(request)
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
    """Spend the grant of the face step; only this logs a voter in."""
    user = login.pending_user(request, Factor.FACE)
    if user is None:
        return redirect("accounts:sign-in")
    try:
        grants.spend(user, Purpose.LOGIN, browser_hash=browser_hash(request), now=timezone.now())
    except grants.GrantRefused:
        return redirect("biometrics:face-step")
    login.complete(request, user, factor=Factor.FACE)
    return redirect(after_login(request))


def _person(request: HttpRequest) -> User | None:
    return _signed_in(request) or login.pending_user(request, Factor.FACE)


def _signed_in(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _wanted(body: bytes) -> tuple[Purpose, str]:
    data = json.loads(body)
    if not isinstance(data, dict):
        raise ValueError("not an object")
    purpose, bound_to = Purpose(str(data.get("purpose"))), data.get("bound_to", "")
    if not isinstance(bound_to, str) or len(bound_to) > MAX_BOUND_TO:
        raise ValueError("bound_to")
    if (purpose is Purpose.CAST) != bool(bound_to):
        raise ValueError("a ballot's verification names its tracker, a login names nothing")
    return purpose, bound_to
