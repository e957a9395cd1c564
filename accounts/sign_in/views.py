"""Sign in, sign out, my account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import auth, messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import overrides
from accounts.audit import Action, record, user_subject
from accounts.database_clock import database_now
from accounts.models import OverridePurpose
from accounts.sign_in import known_browser, lock, login, next_page, one_time_codes, second_device
from accounts.sign_in.factors import Factor, next_factor
from accounts.sign_in.forms import CodeForm, SetUpCodeForm, SignInForm
from accounts.signed_in import official

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.models import User

MAY_SET_UP = "may_set_up_authenticator"
REFUSED = gettext_lazy(
    "The user name or the password is wrong. After five wrong tries, wait 15 minutes."
)
WRONG_CODE = gettext_lazy(
    "That code is not right, was used already, or came too soon after a wrong one."
)
WRONG_SET_UP_CODE = gettext_lazy(
    "This code is not right, was used already, or is older than a day. Ask for a new one."
)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = auth.authenticate(request, **form.cleaned_data)
        if user is not None:
            return _second_step(request, user)
        # One sentence for an unknown name, a wrong password, an inactive account and a locked one:
        # nobody learns which accounts exist.
        form.add_error(None, REFUSED)
    return render(
        request, "accounts/sign_in.html", {"form": form, "next": next_page.requested(request)}
    )


def _second_step(request: HttpRequest, user: User) -> HttpResponse:
    login.begin_pending(request, user)
    match next_factor(user):
        case Factor.NONE:
            login.complete(request, user, factor=Factor.NONE)
            return _to_the_administration(request)
        case Factor.TOTP:
            return redirect(next_page.handed_on(request, "accounts:code"))
        case _:
            return redirect(next_page.handed_on(request, "biometrics:face-step"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The officials' second factor: a code from an app, which is set up at the first sign-in."""
    user = login.pending_user(request, Factor.TOTP)
    if user is None:
        return redirect(next_page.handed_on(request, "accounts:sign-in"))
    is_new = not second_device.has_device(user)
    if is_new and request.session.get(MAY_SET_UP) != user.pk:
        return _ask_for_set_up_code(request, user)
    form = CodeForm(request.POST or None)
    if is_new:
        # Nobody has recovery codes yet.
        form.fields["code"].help_text = ""
    if request.method == "POST" and form.is_valid():
        if _is_right(request, user, form, may_set_up=is_new):
            login.complete(request, user, factor=Factor.TOTP)
            request.session.pop(MAY_SET_UP, None)
            return _recovery_codes(request, user) if is_new else _to_the_administration(request)
        form.add_error("code", WRONG_CODE)
    set_up = second_device.set_up(user)
    return render(request, "accounts/code.html", {"form": form, "set_up": set_up})


def _is_right(
    request: HttpRequest, user: User, form: CodeForm, *, may_set_up: bool = False
) -> bool:
    name = lock.mark_of_name(request, {"username": user.get_username()})
    return second_device.verify(
        user,
        form.cleaned_data["code"].strip(),
        may_set_up=may_set_up,
        known_browser=known_browser.mark_for(request, name),
    )


def _ask_for_set_up_code(request: HttpRequest, user: User) -> HttpResponse:
    """Before an authenticator is set up: the code that another official, or the operator, made."""
    form = SetUpCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["set_up_code"]
        if second_device.begin_set_up(user, typed, now=timezone.now()):
            request.session[MAY_SET_UP] = user.pk
            return redirect(next_page.handed_on(request, "accounts:code"))
        form.add_error("set_up_code", WRONG_SET_UP_CODE)
    return render(request, "accounts/set_up_code.html", {"form": form})


def _recovery_codes(request: HttpRequest, user: User) -> HttpResponse:
    """Shown once, in the answer itself: nothing keeps them in a form that can be read again."""
    context = {
        "codes": one_time_codes.make_recovery_codes(user, now=timezone.now()),
        "next": next_page.requested(request) or reverse("admin:index"),
    }
    return render(request, "accounts/recovery_codes.html", context)


def _to_the_administration(request: HttpRequest) -> HttpResponse:
    return redirect(next_page.requested(request) or "admin:index")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes, in place of the old ones. It takes a code of the authenticator."""
    user = official(request)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if _is_right(request, user, form):
            return _recovery_codes(request, user)
        form.add_error("code", WRONG_CODE)
    context = {"form": form, "left": one_time_codes.codes_left(user)}
    return render(request, "accounts/new_recovery_codes.html", context)


@never_cache
@require_POST
def official_let_me_in(request: HttpRequest) -> HttpResponse:
    """Complete a pending login by an override of two officials, without a face step."""
    user = login.pending_user(request, Factor.OVERRIDE)
    if user is None:
        return redirect(next_page.handed_on(request, "accounts:sign-in"))
    try:
        with transaction.atomic():
            overrides.spend(user, OverridePurpose.LOGIN, now=database_now())
            login.complete(request, user, factor=Factor.OVERRIDE)
    except overrides.OverrideRefused:
        messages.error(request, _("No two officials have let you in within the last 10 minutes."))
        return redirect(next_page.handed_on(request, "biometrics:face-step"))
    return redirect(next_page.after_login(request))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        with transaction.atomic():
            record(Action.SIGNED_OUT, actor=request.user, subject=user_subject(request.user.pk))
    auth.logout(request)
    return redirect("home")


@login_required
@never_cache
def profile(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/profile.html")
