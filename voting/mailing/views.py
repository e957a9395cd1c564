"""What voters do about their mail: have a receipt sent, and stop reminders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.signed_in import voter
from accounts.site_address import site_address
from voting.mailing.contents import NO_REMINDERS_SALT
from voting.mailing.ordering import order_receipt
from voting.models import CastBallot, NoReminders, VoterRollEntry
from voting.refusals import StepRefused

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@login_required
@never_cache
@require_POST
def mail_receipt(request: HttpRequest, slug: str, tracker: str) -> HttpResponse:
    """Only the voter's own receipt, and only on wish."""
    own = VoterRollEntry.objects.filter(user=voter(request), removed_by=None)
    entry = get_object_or_404(own.select_related("election", "user"), election__slug=slug)
    ballots = CastBallot.objects.filter(election=entry.election, credential=entry.credential)
    get_object_or_404(ballots, tracker=tracker, live=True)
    try:
        order_receipt(entry, site=site_address(request), now=timezone.now())
    except StepRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Your receipt is on its way to your e-mail address."))
    return redirect("voting:receipt", slug, tracker)


# Mail programs send this request themselves (RFC 8058), without a page of this site.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def no_reminders(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, POST stops the reminders of one election. Nobody needs to sign in for it."""
    try:
        pk = signing.loads(token, salt=NO_REMINDERS_SALT)
    except signing.BadSignature as error:
        raise Http404 from error
    entry = get_object_or_404(VoterRollEntry.objects.select_related("election"), pk=pk)
    if request.method == "POST":
        NoReminders.objects.get_or_create(entry=entry)
    stopped = NoReminders.objects.filter(entry=entry).exists()
    context = {"election": entry.election, "stopped": stopped}
    return render(request, "voting/no_reminders.html", context)
