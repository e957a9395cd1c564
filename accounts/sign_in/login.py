"""The sign-in as a story: password, pending login, second key, completed login."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import auth
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.audit import Action, record, user_subject
from accounts.models import User
from accounts.sign_in.factors import VOTERS, Factor, accepted

if TYPE_CHECKING:
    from django.http import HttpRequest

PENDING_LIFE = timedelta(minutes=5)
PENDING = "pending_login"
FACTORS = "factors"
PASSWORD = "password"  # noqa: S105  (the name of a step)
BACKEND = "django.contrib.auth.backends.ModelBackend"


class NotPending(PermissionDenied):
    """Nobody passed the password step here, or not somebody for whom this factor is enough."""


def begin_pending(request: HttpRequest, user: User) -> None:
    """The password was right: remember who, log nobody in, and change the session's key."""
    request.session.flush()
    request.session[PENDING] = {
        "user": user.pk,
        "until": (timezone.now() + PENDING_LIFE).timestamp(),
        "check": user.get_session_auth_hash(),
    }


def pending_user(request: HttpRequest, factor: Factor) -> User | None:
    """Who passed the password step here within the last minutes and may go on by this factor."""
    pending = request.session.get(PENDING)
    if not pending or pending["until"] <= timezone.now().timestamp():
        return None
    user = User.objects.filter(pk=pending["user"], is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), pending["check"]):
        return None
    return user if factor in accepted(user) else None


def complete(request: HttpRequest, user: User, *, factor: Factor) -> None:
    """Log in, with a new session key; `factor` is what followed the password."""
    if pending_user(request, factor) != user:
        raise NotPending
    request.session.pop(PENDING, None)
    with transaction.atomic():
        auth.login(request, user, backend=BACKEND)
        record(Action.SIGNED_IN, actor=user, subject=user_subject(user.pk), factor=str(factor))
    request.session[FACTORS] = [PASSWORD, str(factor)]


def voters_way(request: HttpRequest) -> bool:
    """Whether a face, or two officials in its place, completed this login: no code is a face."""
    return request.session.get(FACTORS) in [[PASSWORD, str(factor)] for factor in VOTERS]


def is_complete(request: HttpRequest) -> bool:
    """Whether this browser's login went through every step that this person's needs today."""
    user = request.user
    if not isinstance(user, User):
        return False
    return request.session.get(FACTORS) in [[PASSWORD, str(factor)] for factor in accepted(user)]
