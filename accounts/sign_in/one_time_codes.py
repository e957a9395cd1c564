"""Codes that work once: to set up an official's authenticator, and to sign in without it.

Whoever knows an official's password must not be able to enrol a telephone of their own. So setting
up an authenticator takes a code too, which another official or the command line made.
"""

from __future__ import annotations

import base64
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac

from accounts.audit import Action, record, user_subject
from accounts.models import CodePurpose, OneTimeCode
from accounts.proposals import waiting_period

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

SET_UP_LIFE = timedelta(days=1)
RECOVERY_CODES = 8
# 50 random bits: too many to guess through a form that slows down after each wrong try.
CODE_BYTES = 10
CODE_LETTERS = 10


@transaction.atomic
def make_set_up_code(user: User, *, actor: User | None, now: datetime) -> str:
    """A new code, in place of the one before. `actor` is None on the command line."""
    OneTimeCode.objects.filter(user=user, purpose=CodePurpose.SET_UP).delete()
    waiting_period.begin(user, actor=actor, now=now)
    code = _new_code()
    _store(user, CodePurpose.SET_UP, [code], now=now, expires_at=now + SET_UP_LIFE)
    record(Action.TOTP_CODE_MADE, actor=actor, subject=user_subject(user.pk))
    return code


@transaction.atomic
def make_recovery_codes(user: User, *, now: datetime) -> list[str]:
    """New recovery codes, in place of all from before. They cannot be read again later."""
    forget_recovery_codes(user)
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    _store(user, CodePurpose.RECOVERY, codes, now=now, expires_at=None)
    record(Action.RECOVERY_CODES_MADE, actor=user, subject=user_subject(user.pk))
    return codes


def forget_recovery_codes(user: User) -> None:
    OneTimeCode.objects.filter(user=user, purpose=CodePurpose.RECOVERY).delete()


def codes_left(user: User) -> int:
    """How many recovery codes are not used yet."""
    return OneTimeCode.objects.filter(user=user, purpose=CodePurpose.RECOVERY).count()


def spend(user: User, purpose: CodePurpose, typed: str, *, now: datetime) -> bool:
    """Use up a code. Of several callers at once one succeeds: whoever deletes the row."""
    fitting = OneTimeCode.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        user=user,
        purpose=purpose,
        digest=_digest(user, typed),
    )
    return fitting.delete()[0] == 1


def _store(
    user: User,
    purpose: CodePurpose,
    codes: list[str],
    *,
    now: datetime,
    expires_at: datetime | None,
) -> None:
    OneTimeCode.objects.bulk_create(
        OneTimeCode(
            user=user,
            purpose=purpose,
            digest=_digest(user, code),
            made_at=now,
            expires_at=expires_at,
        )
        for code in codes
    )


def _new_code() -> str:
    """Ten letters and digits in two groups, without 0, 1, 8 and 9, which are easily mistaken."""
    letters = base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower()[:CODE_LETTERS]
    return f"{letters[:5]}-{letters[5:]}"


def _digest(user: User, code: str) -> str:
    """However it was typed: spaces, hyphens and capitals do not matter."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return salted_hmac(f"accounts.code.{user.pk}", plain, algorithm="sha256").hexdigest()
