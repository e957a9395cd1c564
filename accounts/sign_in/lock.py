"""Holds back whoever guesses passwords: for one account from one address, and for an address."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F, Sum
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from accounts.audit import Action, record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    Credentials = Mapping[str, Any] | None


class Lock(StrEnum):
    OPEN = ""
    ACCOUNT = "account"
    ADDRESS = "address"


class SignInLock(AxesDatabaseHandler):  # type: ignore[misc]
    """django-axes' handler with a second limit, and without what was typed in its tables.

    An account is locked for the address that failed on it, so that nobody can shut its owner out
    from elsewhere. An address that failed on many accounts is refused before any work is done.
    """

    def is_locked(self, request: HttpRequest, credentials: Credentials = None) -> bool:
        lock = self._lock(request, credentials)
        request.sign_in_lock = lock  # type: ignore[attr-defined]
        return lock is not Lock.OPEN

    def user_login_failed(
        self,
        sender: object,
        credentials: Credentials,
        request: HttpRequest | None = None,
        **_: object,
    ) -> None:
        if request is None:
            return
        before = getattr(request, "sign_in_lock", Lock.OPEN)
        if before is not Lock.ADDRESS:
            self._count(request, credentials, before)
        if self.is_locked(request, credentials):
            request.axes_locked_out = True  # type: ignore[attr-defined]
            request.axes_credentials = credentials  # type: ignore[attr-defined]

    def reset_user_attempts(self, request: HttpRequest, credentials: Credentials = None) -> int:
        # Not the address's other failures: an own account must not buy guesses on others.
        of_account, _of_address = self.filter_user_attempts(request, credentials)
        return int(of_account.delete()[0])

    def reset_attempts(
        self,
        *,
        ip_address: str | None = None,
        username: str | None = None,
        ip_or_username: bool = False,
    ) -> int:
        return int(
            super().reset_attempts(
                ip_address=ip_address,
                username=_mark(username) if username else None,
                ip_or_username=ip_or_username,
            )
        )

    def _lock(self, request: HttpRequest, credentials: Credentials) -> Lock:
        of_account, of_address = (
            attempts.aggregate(Sum("failures_since_start"))["failures_since_start__sum"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        )
        if of_address >= settings.ADDRESS_FAILURE_LIMIT:
            return Lock.ADDRESS
        return Lock.ACCOUNT if of_account >= settings.AXES_FAILURE_LIMIT else Lock.OPEN

    def _count(self, request: HttpRequest, credentials: Credentials, before: Lock) -> None:
        if before is Lock.ACCOUNT:
            # Nothing compared the password; without this the answer would come sooner.
            make_password("")
        with transaction.atomic():
            self.clean_expired_user_attempts(request, credentials)
            self._count_one_more(request, credentials)
            record(Action.SIGN_IN_REFUSED, actor=None, step="password", lock=str(before))

    def _count_one_more(self, request: HttpRequest, credentials: Credentials) -> None:
        attempt, created = AccessAttempt.objects.get_or_create(
            username=mark_of_name(request, credentials),
            ip_address=request.axes_ip_address,  # type: ignore[attr-defined]
            user_agent="",
            defaults={
                "attempt_time": request.axes_attempt_time,  # type: ignore[attr-defined]
                "failures_since_start": 1,
            },
        )
        if not created:
            AccessAttempt.objects.filter(pk=attempt.pk).update(
                failures_since_start=F("failures_since_start") + 1,
                attempt_time=request.axes_attempt_time,  # type: ignore[attr-defined]
            )


def mark_of_name(_request: HttpRequest, credentials: Credentials) -> str:
    """Stands for the typed name in axes' table, for people type passwords in its place."""
    return _mark(str((credentials or {}).get("username", "")))


def mark_of_client(*_: object) -> str:
    """axes writes a line for each sign-in: without name and address."""
    return "a client"


def answer(
    request: HttpRequest, response: HttpResponse, _credentials: Credentials = None
) -> HttpResponse:
    """A locked account's page is a wrong password's; a locked address has one of its own."""
    if request.sign_in_lock is Lock.ADDRESS:  # type: ignore[attr-defined]
        return render(request, "429.html", status=429)
    response.status_code = 429
    return response


def _mark(name: str) -> str:
    return salted_hmac("accounts.lock", name, algorithm="sha256").hexdigest()
