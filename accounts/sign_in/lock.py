"""Limits password guessing, for each account from each address and for each address as a whole."""

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
    """django-axes' handler with two limits instead of one, and with no typed names in its tables.

    AXES_FAILURE_LIMIT failures lock an account, but only for the address that they came from, so
    that nobody can lock out the owner from elsewhere. ADDRESS_FAILURE_LIMIT failures on whatever
    accounts lock the address itself, which is then refused before any password is compared.
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
        lock_before = getattr(request, "sign_in_lock", Lock.OPEN)
        if lock_before is not Lock.ADDRESS:
            self._count(request, credentials, lock_before)
        if self.is_locked(request, credentials):
            request.axes_locked_out = True  # type: ignore[attr-defined]
            request.axes_credentials = credentials  # type: ignore[attr-defined]

    def reset_user_attempts(self, request: HttpRequest, credentials: Credentials = None) -> int:
        # The address's failures on other accounts stay. Otherwise the owner of one account could
        # reset the count by signing in, and go on guessing the passwords of others.
        account_attempts, _address_attempts = self.filter_user_attempts(request, credentials)
        return int(account_attempts.delete()[0])

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
        account_failures, address_failures = (
            attempts.aggregate(Sum("failures_since_start"))["failures_since_start__sum"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        )
        if address_failures >= settings.ADDRESS_FAILURE_LIMIT:
            return Lock.ADDRESS
        return Lock.ACCOUNT if account_failures >= settings.AXES_FAILURE_LIMIT else Lock.OPEN

    def _count(self, request: HttpRequest, credentials: Credentials, lock_before: Lock) -> None:
        if lock_before is Lock.ACCOUNT:
            # A locked account's password is not compared, so the answer would come sooner and tell
            # that the account is locked. Hashing an empty password takes the same time.
            make_password("")
        with transaction.atomic():
            self.clean_expired_user_attempts(request, credentials)
            self._add_failure(request, credentials)
            record(Action.SIGN_IN_REFUSED, actor=None, step="password", lock=str(lock_before))

    def _add_failure(self, request: HttpRequest, credentials: Credentials) -> None:
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
    """A keyed hash stored instead of the typed user name: some people type their password there."""
    return _mark(str((credentials or {}).get("username", "")))


def mark_of_client(*_: object) -> str:
    """What axes writes to its log instead of the user name and the address."""
    return "a client"


def answer(
    request: HttpRequest, response: HttpResponse, _credentials: Credentials = None
) -> HttpResponse:
    """The answer to a locked sign-in, always with status 429.

    A locked account gets the page of a wrong password, so that nobody learns which accounts exist.
    A locked address gets a page that says so.
    """
    if request.sign_in_lock is Lock.ADDRESS:  # type: ignore[attr-defined]
        return render(request, "429.html", status=429)
    response.status_code = 429
    return response


def _mark(name: str) -> str:
    return salted_hmac("accounts.lock", name, algorithm="sha256").hexdigest()
