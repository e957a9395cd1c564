"""The owner of an account changes its e-mail address: it counts once the new one has answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import address
from accounts.invitations import links, requests
from accounts.invitations.links import LinkRefusalCode, LinkRefused
from accounts.models import LinkPurpose
from accounts.passwords.by_link import refused
from accounts.proposals.protected import SecondOfficialNeeded, needs_second_official
from accounts.signed_in import voter
from accounts.site_address import site_address

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from accounts.models import OneTimeLink


class NewAddressForm(forms.Form):
    new_address = forms.EmailField(
        label=gettext_lazy("New e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_address(request: HttpRequest) -> HttpResponse:
    """GET asks for the new address, POST has a link mailed there."""
    user = voter(request)
    form = NewAddressForm(request.POST or None)
    must_ask_office = needs_second_official(user)
    if request.method == "POST" and form.is_valid() and not must_ask_office:
        requests.order(
            user,
            LinkPurpose.ADDRESS,
            site=site_address(request),
            now=timezone.now(),
            new_address=form.cleaned_data["new_address"],
        )
        messages.success(request, _("A letter with a link is on its way to the new address."))
        return redirect("accounts:profile")
    context = {"form": form, "must_ask_office": must_ask_office}
    return render(request, "accounts/new_address.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: HttpRequest, secret: str) -> HttpResponse:
    """GET shows which address would belong to which account, POST makes the change."""
    now = timezone.now()
    try:
        link = links.find(secret, [LinkPurpose.ADDRESS], now=now)
        if request.method == "POST":
            _change(link, now)
            messages.success(request, _("Your e-mail address is changed."))
            return redirect("accounts:profile")
    except LinkRefused as refusal:
        return refused(request, refusal.code)
    except (SecondOfficialNeeded, ValidationError):
        return refused(request, LinkRefusalCode.CHANGED)
    links.note_opened(link, now=now)
    return render(request, "accounts/confirm_address.html", {"link": link})


@transaction.atomic
def _change(link: OneTimeLink, now: datetime) -> None:
    """Raises LinkRefused, SecondOfficialNeeded and ValidationError; then nothing has changed."""
    user = links.spend(link, now=now)
    address.change_address(user, {"email": link.new_address}, actor=user, now=now)
