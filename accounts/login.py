"""The sign-in as a story: password, pending login, second key, completed login."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import auth
from django.db import transaction
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.audit import Action, record
from accounts.models import User

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PENDING_LIFE = timedelta(minutes=5)
PENDING = "pending_login"
FACTORS = "factors"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def begin_pending(request: HttpRequest, user: User) -> None:
    """The password was right: remember who, log nobody in, and change the session's key."""
    request.session.flush()
    request.session[PENDING] = {
        "user": user.pk,
        "until": (timezone.now() + PENDING_LIFE).timestamp(),
        "check": user.get_session_auth_hash(),
    }


def pending_user(request: HttpRequest) -> User | None:
    return pending_user_of(request.session)


def pending_user_of(session: object) -> User | None:
    """Whose password step passed in this browser within the last minutes, if anybody's."""
    pending = session.get(PENDING)  # type: ignore[attr-defined]
    if not pending or pending["until"] < timezone.now().timestamp():
        return None
    user = User.objects.filter(pk=pending["user"], is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), pending["check"]):
        return None
    return user


def complete(request: HttpRequest, user: User, *, factor: str) -> None:
    """Log in, with a new session key; `factor` is what followed the password."""
    request.session.pop(PENDING, None)
    with transaction.atomic():
        auth.login(request, user, backend=BACKEND)
        record(Action.SIGNED_IN, actor=user, subject=f"user:{user.pk}", factor=factor)
    request.session[FACTORS] = ["password", factor]


def is_complete(request: HttpRequest) -> bool:
    """Whether this browser's login went through both steps."""
    return request.user.is_authenticated and len(request.session.get(FACTORS, [])) > 1


def locked_out(request: HttpRequest, *_: object, **__: object) -> HttpResponse:
    """Too many wrong passwords for this account from this address."""
    return render(request, "429.html", status=429)
