"""Forgotten password: everybody with an e-mail address gets a link there."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django import forms
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.invitations import requests
from accounts.sign_in import tries
from accounts.sign_in.addresses import client_address
from accounts.sign_in.tries import Key, Rule
from accounts.site_address import site_address

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAUSE: Final = timedelta(seconds=20)
# A whole club may sit behind one address on the evening before an election.
RULE: Final = Rule(free=30, memory=timedelta(minutes=15), pause=PAUSE)
COUNTED_AS: Final = "forgotten password"


class ForgottenForm(forms.Form):
    typed = forms.CharField(
        label=_("User name or e-mail address"),
        max_length=requests.LONGEST_TYPED,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )


@never_cache
@sensitive_post_parameters("typed")
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """One answer for everybody. Who has an account is looked up by a worker, not here."""
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        if not tries.take(Key(COUNTED_AS, client_address(request)), RULE, now=now):
            seconds = int(PAUSE.total_seconds())
            page = render(request, "429.html", {"seconds": seconds}, status=429)
            page["Retry-After"] = str(seconds)
            return page
        requests.ask(form.cleaned_data["typed"], site=site_address(request), now=now)
        return redirect("accounts:forgotten-asked")
    return render(request, "accounts/forgotten.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD"])
def asked(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/forgotten_asked.html")
