"""The pages on which people set their passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import auth, messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
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
        set_password.set_by_owner(form)
        # This browser stays signed in with a new session key. All other sessions end.
        auth.update_session_auth_hash(request, form.user)
        messages.success(request, _("Your password is changed."))
        return redirect("accounts:profile")
    return render(request, "accounts/change_password.html", {"form": form})


class SetPassword(PasswordResetConfirmView):
    """The page behind a one-time link.

    Django moves the token from the address into the session before it shows the form, so that the
    token leaks neither through the history nor through a Referer header.
    """

    template_name = "accounts/set_password.html"
    token_generator = set_password.tokens
    success_url = reverse_lazy("accounts:sign-in")

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            set_password.set_by_link(
                form, self.request.session.pop(INTERNAL_RESET_SESSION_TOKEN, "")
            )
        except set_password.LinkUsed:
            return render(self.request, self.template_name, {"validlink": False}, status=410)
        messages.success(self.request, _("Your password is set. Sign in with it."))
        return HttpResponseRedirect(self.get_success_url())
