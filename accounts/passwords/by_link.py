"""The page behind a one-time link, on which people set their password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.invitations import links
from accounts.invitations.links import LinkRefusalCode, LinkRefused
from accounts.models import LinkPurpose, User
from accounts.passwords import set_password

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.models import OneTimeLink

PURPOSES: Final = (LinkPurpose.INVITATION, LinkPurpose.RESET, LinkPurpose.OFFICE)
# The secret moves from the address into the session before the form is shown, so that it leaks
# neither through the history nor through a Referer header. This word stands in its place.
HERE: Final = "here"
IN_SESSION: Final = "one_time_link"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Opening the page uses nothing up: mail programs open links too, and people reload pages."""
    now = timezone.now()
    try:
        if secret != HERE:
            links.note_opened(links.find(secret, PURPOSES, now=now), now=now)
            request.session[IN_SESSION] = secret
            return redirect("accounts:set-password", HERE)
        link = links.find(request.session.get(IN_SESSION, ""), PURPOSES, now=now)
        form = SetPasswordForm(link.user, request.POST or None)
        if request.method == "POST" and form.is_valid():
            return _set(request, form, link)
    except LinkRefused as refusal:
        return refused(request, refusal.code)
    return render(request, "accounts/set_password.html", {"form": form, "link": link})


def refused(request: HttpRequest, code: LinkRefusalCode) -> HttpResponse:
    """Says why the link does not work, and how to get another."""
    # A link that was never made, or whose row is gone, is an old one to its reader.
    shown = LinkRefusalCode.OLD if code is LinkRefusalCode.UNKNOWN else code
    return render(request, "accounts/link_refused.html", {"code": str(shown)}, status=410)


def _set(request: HttpRequest, form: SetPasswordForm[User], link: OneTimeLink) -> HttpResponse:
    set_password.set_by_link(form, link, now=timezone.now())
    messages.success(request, _("Your password is set. Sign in with it."))
    return redirect(_next_page(link))


def _next_page(link: OneTimeLink) -> str:
    """Who was invited gets ready for the election next."""
    sign_in = reverse("accounts:sign-in")
    if link.purpose != LinkPurpose.INVITATION:
        return sign_in
    try:
        return reverse("get_ready")
    except NoReverseMatch:
        return sign_in
