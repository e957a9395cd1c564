"""Holds back password guessing, without shutting out the owners of accounts.

Each try is counted before its password is compared (see `tries`), by three rules:

* An account from one address: a few tries, then none for a while.
* An account from all addresses together: many tries, then slowly.
* An address, on whatever accounts: many tries, then slowly. Everybody behind it can still sign in.

In a browser that is known for the account (see `known_browser`) only the first rule holds, and it
counts that browser instead of the address.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from accounts.audit import Action, record
from accounts.sign_in import known_browser, tries
from accounts.sign_in.tries import EVERYWHERE, Key, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    Credentials = Mapping[str, Any] | None

# One address has five tries; this many from all over the world are no forgetful owner.
FREE_FROM_EVERYWHERE = 20
PAUSE_FOR_ACCOUNT = timedelta(seconds=30)
MEMORY_FOR_ACCOUNT = timedelta(hours=24)
PAUSE_FOR_ADDRESS = timedelta(seconds=2)


class Lock(StrEnum):
    OPEN = ""
    ACCOUNT = "account"
    ACCOUNT_SLOW = "account_slow"
    ADDRESS_SLOW = "address_slow"


class HeldBack(Exception):
    """This try is not compared; `lock` says by which rule."""

    def __init__(self, lock: Lock) -> None:
        super().__init__(lock)
        self.lock = lock


def rules() -> dict[Lock, Rule]:
    """The three rules, by the lock that follows from them."""
    cool_off = settings.AXES_COOLOFF_TIME
    return {
        Lock.ACCOUNT: Rule(settings.AXES_FAILURE_LIMIT, cool_off),
        Lock.ACCOUNT_SLOW: Rule(FREE_FROM_EVERYWHERE, MEMORY_FOR_ACCOUNT, PAUSE_FOR_ACCOUNT),
        Lock.ADDRESS_SLOW: Rule(settings.ADDRESS_FAILURE_LIMIT, cool_off, PAUSE_FOR_ADDRESS),
    }


class SignInLock(AxesDatabaseHandler):  # type: ignore[misc]
    """The handler that django-axes calls before and after a password is compared."""

    def is_locked(self, request: HttpRequest, credentials: Credentials = None) -> bool:
        """Count the try that is about to be compared. True if it must not be compared."""
        keys = _keys(request, credentials)
        lock, limits = Lock.OPEN, rules()
        try:
            # All rules count the try, or none does. Every try goes through them in one order, so
            # two tries never wait for each other.
            with transaction.atomic():
                for which, key in keys.items():
                    if not tries.take(key, limits[which], now=_moment(request)):
                        raise HeldBack(which)
        except HeldBack as held:
            lock = held.lock
        request.sign_in_lock = lock  # type: ignore[attr-defined]
        request.sign_in_tries = keys  # type: ignore[attr-defined]
        return lock is not Lock.OPEN

    def user_login_failed(
        self,
        sender: object,
        credentials: Credentials,
        request: HttpRequest | None = None,
        **_: object,
    ) -> None:
        lock: Lock = getattr(request, "sign_in_lock", Lock.OPEN)
        # Refusals of the slow rules are not recorded: a flood would fill the log.
        if request is None or lock in {Lock.ACCOUNT_SLOW, Lock.ADDRESS_SLOW}:
            return
        if lock is Lock.ACCOUNT:
            # A locked account's password is not compared, so the answer would come sooner and tell
            # that the account is locked. Hashing an empty password takes the same time.
            make_password("")
        with transaction.atomic():
            self.clean_expired_user_attempts(request, credentials)
            record(Action.SIGN_IN_REFUSED, actor=None, step="password", lock=str(lock))
        if tries.is_used_up(_keys(request, credentials)[Lock.ACCOUNT], rules()[Lock.ACCOUNT]):
            request.sign_in_lock = Lock.ACCOUNT  # type: ignore[attr-defined]

    def clean_expired_user_attempts(
        self, request: HttpRequest | None = None, credentials: Credentials = None
    ) -> int:
        if request is None:
            return 0
        limits = rules()
        return tries.forget_old(
            {"everywhere": limits[Lock.ACCOUNT_SLOW], "address": limits[Lock.ADDRESS_SLOW]},
            now=_moment(request),
        )

    def reset_user_attempts(self, request: HttpRequest, credentials: Credentials = None) -> int:
        # What was counted for the address and for the account elsewhere stays. Otherwise the owner
        # of one account could reset the count by signing in, and go on guessing the passwords of
        # others; and guessing elsewhere would gain by each sign-in of the owner.
        return int(_keys(request, credentials)[Lock.ACCOUNT].row.delete()[0])

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


def give_back(request: HttpRequest) -> None:
    """The password of this request was right, so its try does not stay counted."""
    for key in getattr(request, "sign_in_tries", {}).values():
        tries.give_back(key)


def mark_of_name(_request: HttpRequest, credentials: Credentials) -> str:
    """A keyed hash stored instead of the typed user name: some people type their password there."""
    return _mark(str((credentials or {}).get("username", "")))


def mark_of_client(*_: object) -> str:
    """What axes writes to its log instead of the user name and the address."""
    return "a client"


def answer(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer to this request if its password was not compared, always with status 429.

    A locked account gets the page of a wrong password, so that nobody learns which accounts exist.
    Where tries are only slowed down, the page says how long to wait. Unknown names are slowed down
    like accounts.
    """
    lock: Lock = getattr(request, "sign_in_lock", Lock.OPEN)
    if lock is Lock.OPEN:
        return response
    pause = rules()[lock].pause
    if pause is None:
        response.status_code = 429
        return response
    seconds = int(pause.total_seconds())
    page = render(request, "429.html", {"seconds": seconds}, status=429)
    page["Retry-After"] = str(seconds)
    return page


def _keys(request: HttpRequest, credentials: Credentials) -> dict[Lock, Key]:
    """What this try is counted by."""
    name = mark_of_name(request, credentials)
    browser = known_browser.mark_for(request, name)
    if browser:
        return {Lock.ACCOUNT: Key(name, EVERYWHERE, browser)}
    address: str = request.axes_ip_address  # type: ignore[attr-defined]
    return {
        Lock.ACCOUNT: Key(name, address),
        Lock.ACCOUNT_SLOW: Key(name, EVERYWHERE),
        Lock.ADDRESS_SLOW: Key("", address),
    }


def _moment(request: HttpRequest) -> datetime:
    moment: datetime = request.axes_attempt_time  # type: ignore[attr-defined]
    return moment


def _mark(name: str) -> str:
    return salted_hmac("accounts.lock", name, algorithm="sha256").hexdigest()
