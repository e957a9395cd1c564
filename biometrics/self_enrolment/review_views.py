"""What officials send from the page of the photos that wait, and the photo of a membership card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.officials_only import officials_only
from accounts.proposals.second_official import ProposalRefused
from accounts.proposals.words import PROPOSED
from accounts.signed_in import official
from biometrics.enrolment.refusals import PhotoRefused
from biometrics.models import SelfEnrolmentRefusal
from biometrics.self_enrolment import card, deciding
from biometrics.self_enrolment.deciding import PERMISSION, DecisionRefused

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

MAX_BYTES = 8 * 1024 * 1024
LIST = "admin:biometrics_enrolment_own_photos"


@require_POST
@officials_only(PERMISSION)
def decide(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Approve or refuse one voter's photos: a script gets JSON, a form is led back to the list."""
    try:
        words = _decided(request, enrolment_id)
    except DecisionRefused as refusal:
        return _answer(request, refusal.words, done=False)
    except ProposalRefused:
        return _answer(request, _("You may not propose this."), done=False)
    except ValueError:
        return _answer(request, _("Choose a reason: the voter reads it."), done=False)
    return _answer(request, words, done=True)


def _decided(request: HttpRequest, enrolment_id: int) -> str:
    """Raises ValueError for an unknown decision or reason, DecisionRefused, ProposalRefused."""
    actor, now = official(request), timezone.now()
    decision = request.POST.get("decision", "")
    if decision == "refuse":
        reason = SelfEnrolmentRefusal(request.POST.get("reason", ""))
        deciding.refuse(enrolment_id, reason, actor=actor, now=now)
        return _("Refused; the voter reads why.")
    if decision not in {"approve", "two-people"}:
        raise ValueError("no decision")
    done = deciding.approve_or_propose(
        enrolment_id, actor=actor, two_people=decision == "two-people", now=now
    )
    return _("Approved: the photos are being enrolled.") if done else str(PROPOSED)


def _answer(request: HttpRequest, words: str, *, done: bool) -> HttpResponse:
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"words": words}, status=200 if done else 409)
    messages.add_message(request, messages.SUCCESS if done else messages.ERROR, words)
    return redirect(LIST)


@require_POST
@officials_only(PERMISSION)
def place_card(request: HttpRequest, user_id: int) -> HttpResponse:
    """Keep the photo of a voter's membership card."""
    user = get_object_or_404(User, pk=user_id)
    file = request.FILES.get("card")
    back = redirect("admin:biometrics_enrolment_change", user_id)
    if file is None or (file.size or 0) > MAX_BYTES:
        messages.error(request, _("Choose a picture of at most 8 MB."))
        return back
    try:
        card.place_card(user, file.read(), actor=official(request), now=timezone.now())
    except PhotoRefused as refusal:
        messages.error(request, refusal.words)
    else:
        messages.success(request, _("The photo of the membership card is kept."))
    return back
