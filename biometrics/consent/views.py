"""The pages on which people agree to face verification, or take their consent back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.audit import Action, record, user_subject
from accounts.sign_in import login, next_page
from accounts.sign_in.factors import Factor
from accounts.signed_in import signed_in
from biometrics.consent.agreement import give_consent, text_version, withdraw_consent

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.models import User


DECLINED = gettext_lazy(
    "You did not agree, so no camera is started. Two officials together can let you in after they "
    "have checked who you are: ask the election office."
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    if user is None:
        return redirect(next_page.handed_on(request, "accounts:sign-in"))
    login.keep_pending(request)
    if request.method == "POST":
        return _answer(request, user)
    context = {
        "text_version": text_version(),
        "next": next_page.requested(request),
        # A person who says no must find the other way in on the same page.
        "may_be_let_in": login.pending_user(request, Factor.OVERRIDE) is not None,
    }
    return render(request, "biometrics/consent.html", context)


def _answer(request: HttpRequest, user: User) -> HttpResponse:
    if request.POST.get("agree") != "yes":
        messages.info(request, DECLINED)
        return redirect(next_page.handed_on(request, "biometrics:consent"))
    with transaction.atomic():
        given = give_consent(user, text_version(), timezone.now())
        record(
            Action.CONSENT_GIVEN, actor=user, subject=user_subject(user.pk), text=given.text_version
        )
    return redirect(next_page.requested(request) or "biometrics:face-step")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """Ask first, then withdraw: one wrong click must not erase anybody's enrolment."""
    user = _person(request)
    if user is None:
        return redirect("accounts:sign-in")
    if request.method != "POST":
        return render(request, "biometrics/withdraw.html")
    with transaction.atomic():
        withdraw_consent(user, timezone.now())
        record(Action.CONSENT_WITHDRAWN, actor=user, subject=user_subject(user.pk))
    messages.success(
        request, _("Your consent is taken back. Your photos and templates are erased.")
    )
    return redirect("accounts:profile")


def _person(request: HttpRequest) -> User | None:
    return signed_in(request) or login.pending_user(request, Factor.FACE)
