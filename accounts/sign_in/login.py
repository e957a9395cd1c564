"""The steps of a sign-in: the password, a pending login, the second factor, the completed login."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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
# It is renewed when less than this is left of it, so that few requests write.
RENEWED_BEFORE = timedelta(minutes=4)
LONGEST_PENDING = timedelta(minutes=45)
PENDING = "pending_login"
FACTORS = "factors"
COMPLETED_AT = "signed_in_at"
PASSWORD = "password"  # noqa: S105  (the name of a step)
BACKEND = "accounts.sign_in.backend.PasswordBackend"


@dataclass(frozen=True, slots=True)
class CompletedLogin:
    """What a completed sign-in leaves behind: when it was, and the step after the password."""

    at: datetime
    factor: Factor


class NotPending(PermissionDenied):
    """This browser has no pending login of this user, or this factor does not complete it."""


def begin_pending(request: HttpRequest, user: User) -> None:
    """The password was right: start a new session that remembers the user but logs nobody in."""
    request.session.flush()
    request.session[PENDING] = {
        "user": user.pk,
        "began": timezone.now().timestamp(),
        "until": (timezone.now() + PENDING_LIFE).timestamp(),
        "check": user.get_session_auth_hash(),
    }


def pending_user(request: HttpRequest, factor: Factor) -> User | None:
    """The user who passed the password step in this browser within the last PENDING_LIFE.

    None if there is nobody, if the password was changed since, or if `factor` is not accepted for
    this user.
    """
    pending = request.session.get(PENDING)
    if not pending or pending["until"] <= timezone.now().timestamp():
        return None
    user = User.objects.filter(pk=pending["user"], is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), pending["check"]):
        return None
    return user if factor in accepted(user) else None


def keep_pending(request: HttpRequest) -> None:
    """Whoever is at work in this browser on the way to a face keeps the pending login for longer.

    Never for longer than LONGEST_PENDING: a computer may be left behind.
    """
    pending = request.session.get(PENDING)
    now = timezone.now().timestamp()
    if not pending or "began" not in pending:
        return
    if not now < pending["until"] < now + RENEWED_BEFORE.total_seconds():
        return
    longest = pending["began"] + LONGEST_PENDING.total_seconds()
    until = min(now + PENDING_LIFE.total_seconds(), longest)
    request.session[PENDING] = {**pending, "until": until}


def complete(request: HttpRequest, user: User, *, factor: Factor) -> None:
    """Log the user in with a new session key. `factor` is the step that followed the password.

    Raises NotPending if pending_user() is not this user.
    """
    if pending_user(request, factor) != user:
        raise NotPending
    request.session.pop(PENDING, None)
    with transaction.atomic():
        auth.login(request, user, backend=BACKEND)
        record(Action.SIGNED_IN, actor=user, subject=user_subject(user.pk), factor=str(factor))
    request.session[FACTORS] = [PASSWORD, str(factor)]
    request.session[COMPLETED_AT] = timezone.now().timestamp()
    request.login_completed_by = user.get_username()  # type: ignore[attr-defined]


def just_completed(request: HttpRequest) -> str:
    """The user name of the person whose login this very request has completed, else ""."""
    return str(getattr(request, "login_completed_by", ""))


def voter_was_seen(request: HttpRequest) -> bool:
    """Whether a face step, or two officials in its place, completed this login.

    False for a login that was completed by a one-time code: the code does not prove who is there.
    """
    return request.session.get(FACTORS) in [[PASSWORD, str(factor)] for factor in VOTERS]


def is_complete(request: HttpRequest) -> bool:
    """Whether this session went through every step that the person's login requires today."""
    user = request.user
    if not isinstance(user, User):
        return False
    return request.session.get(FACTORS) in [[PASSWORD, str(factor)] for factor in accepted(user)]


def completed(request: HttpRequest) -> CompletedLogin | None:
    """How and when the person of this session was last seen. None for half a sign-in."""
    if not is_complete(request):
        return None
    at = datetime.fromtimestamp(request.session.get(COMPLETED_AT, 0), tz=UTC)
    return CompletedLogin(at, Factor(request.session[FACTORS][1]))


def seen_again(request: HttpRequest) -> None:
    """The person has just shown the face again, in the session of a sign-in by face."""
    request.session[COMPLETED_AT] = timezone.now().timestamp()
