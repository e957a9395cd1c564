"""The page on which voters take the photos of their faces, look at them and hand them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.sign_in import login, next_page
from accounts.sign_in.factors import Factor
from accounts.signed_in import signed_in
from biometrics.consent.agreement import has_consent
from biometrics.models import Purpose
from biometrics.self_enrolment import handing_in
from biometrics.self_enrolment.handing_in import HandInRefusalCode, HandInRefused
from biometrics.self_enrolment.progress import Stage, own_photos_of
from biometrics.self_enrolment.taking import drop_taken

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.models import User

REFUSED = {
    HandInRefusalCode.NOTHING_TAKEN: _("There are no photos to hand in. Take them first."),
    HandInRefusalCode.NOT_USABLE: _("None of the photos is usable. Take them again."),
    HandInRefusalCode.TOO_OFTEN: _(
        "You have handed in photos several times today. Please try again tomorrow, or ask the "
        "election office."
    ),
    HandInRefusalCode.NOT_OFFERED: _("The election office takes the photos itself."),
}


@never_cache
@require_safe
def own_photos(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    if user is None:
        return redirect(next_page.handed_on(request, "accounts:sign-in"))
    own = own_photos_of(user)
    if own.stage is Stage.TAKE and not has_consent(user):
        return redirect(next_page.leading_to("biometrics:consent", request.get_full_path()))
    context = {
        "own": own,
        "purpose": Purpose.ENROL,
        "next": next_page.requested(request),
        # Whoever wanted no other page learns there that everything is ready.
        "sign_in_url": next_page.leading_to(
            "biometrics:face-step", next_page.requested(request) or reverse("get_ready")
        ),
    }
    return render(request, "biometrics/own_photos.html", context)


@never_cache
@require_POST
def hand_in(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    if user is None:
        return redirect(next_page.handed_on(request, "accounts:sign-in"))
    try:
        handing_in.hand_in(user, now=timezone.now())
    except HandInRefused as refusal:
        # A second press, or an old tab: what was handed in already is shown by the page itself.
        if own_photos_of(user).stage is not Stage.WAITING:
            messages.warning(request, REFUSED[refusal.code])
    return redirect(next_page.handed_on(request, "biometrics:own-photos"))


@never_cache
@require_POST
def take_again(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    if user is None:
        return redirect(next_page.handed_on(request, "accounts:sign-in"))
    drop_taken(user)
    return redirect(next_page.handed_on(request, "biometrics:own-photos"))


def _person(request: HttpRequest) -> User | None:
    """Whoever has signed in, or passed the password: before the first photos nobody can do more."""
    login.keep_pending(request)
    return signed_in(request) or login.pending_user(request, Factor.FACE)
