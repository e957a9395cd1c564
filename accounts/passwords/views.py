"""The page on which people change their password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import auth, messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.passwords import set_password
from accounts.passwords.forms import ChangePasswordForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    form = ChangePasswordForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        set_password.set_by_owner(form, now=timezone.now())
        # This browser stays signed in with a new session key. All other sessions end.
        auth.update_session_auth_hash(request, form.user)
        messages.success(request, _("Your password is changed."))
        return redirect("accounts:profile")
    return render(request, "accounts/change_password.html", {"form": form})
