"""The officials' second factor: codes of an authenticator (RFC 6238, by django-otp).

Recovery codes stand in for it once each.
"""

from __future__ import annotations

import base64
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import segno
from django.db import transaction
from django.utils import timezone

from accounts.at_rest.sealing import SealBroken, keyring
from accounts.audit import Action, record, user_subject
from accounts.models import CodePurpose, SealedDevice, seal_totp
from accounts.sign_in import tries
from accounts.sign_in.one_time_codes import codes_left, forget_recovery_codes, spend
from accounts.sign_in.tries import EVERYWHERE, Key, Rule

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

CODE_DIGITS = 6
# As with passwords: some tries, then none for a while.
IN_KNOWN_BROWSER = Rule(free=5, memory=timedelta(minutes=15))
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SetUp:
    """What an authenticator app scans. `picture` is a QR code of `secret_uri` as a data: URL.

    `key` is the secret for apps without a camera: letters and digits in groups of four.
    """

    picture: str
    secret_uri: str
    key: str


def verify(user: User, code: str, *, may_set_up: bool = False, known_browser: str = "") -> bool:
    """Whether the code is right and was not used before: the device's, or a recovery code.

    The first right code confirms a new device, if this browser may set one up. After each wrong
    one the device refuses codes for a time that doubles, so a right code may be refused too.

    `known_browser` is the mark of a browser that has signed in to this account before. Its tries
    are counted on their own: whoever guesses elsewhere does not make the owner wait there.
    """
    with transaction.atomic():
        device = SealedDevice.objects.select_for_update().filter(user=user).first()
        if device is None or not _may_try(device, known_browser):
            return False
        if not device.confirmed and not may_set_up:
            return False
        if not (_is_right(device, code) or _is_recovery(device, code)):
            record(Action.SIGN_IN_REFUSED, actor=user, subject=user_subject(user.pk), step="totp")
            return False
        if not device.confirmed:
            device.confirmed = True
            device.save(update_fields=["confirmed"])
            record(Action.TOTP_ENROLLED, actor=user, subject=user_subject(user.pk))
        _key(device, known_browser).row.delete()
    return True


def _may_try(device: SealedDevice, known_browser: str) -> bool:
    if not known_browser:
        return bool(device.verify_is_allowed()[0])
    device.others_may_wait = True
    return tries.take(_key(device, known_browser), IN_KNOWN_BROWSER, now=timezone.now())


def _key(device: SealedDevice, known_browser: str) -> Key:
    return Key(f"authenticator {device.pk}", EVERYWHERE, known_browser)


def _is_recovery(device: SealedDevice, code: str) -> bool:
    if not device.confirmed or is_code_of_device(code):
        return False
    user = device.user
    if not spend(user, CodePurpose.RECOVERY, code, now=timezone.now()):
        device.throttle_increment()
        return False
    device.throttle_reset()
    left = codes_left(user)
    record(Action.RECOVERY_CODE_SPENT, actor=user, subject=user_subject(user.pk), left=left)
    return True


def is_code_of_device(code: str) -> bool:
    """Six digits; a recovery code has ten letters and digits."""
    return len(code) == CODE_DIGITS and code.isdecimal()


def _is_right(device: SealedDevice, code: str) -> bool:
    """False for every code if the secret cannot be decrypted: the device must then be removed."""
    if not is_code_of_device(code):
        return False
    try:
        return bool(device.verify_token(code))
    except SealBroken:
        log.error("The authenticator %s cannot be decrypted", device.pk)
        return False


def reseal_all() -> list[str]:
    """Seal every secret with the first of TEMPLATE_KEYS. Returns a line for each failure."""
    failures = []
    for device in SealedDevice.objects.all():
        try:
            _reseal(device)
        except SealBroken as broken:
            failures.append(f"authenticator {device.pk}: {broken}")
    return failures


def _reseal(device: SealedDevice) -> None:
    if not keyring().is_current(device.sealed_key):
        resealed = seal_totp(device.bin_key, device.user_id)
        # Only if nobody has changed the key in the meantime.
        SealedDevice.objects.filter(pk=device.pk, key=device.key).update(key=resealed)


@transaction.atomic
def remove(device: SealedDevice, *, actor: User | None) -> None:
    """Remove a lost device with its recovery codes. A new one takes a new code to set it up."""
    record(Action.TOTP_REMOVED, actor=actor, subject=user_subject(device.user_id))
    forget_recovery_codes(device.user)
    device.delete()


def has_device(user: User) -> bool:
    return bool(SealedDevice.objects.filter(user=user, confirmed=True).exists())


@transaction.atomic
def begin_set_up(user: User, typed: str, *, now: datetime) -> bool:
    """Whether the code allows to set up a device now; it is used up then.

    The secret of an unfinished set-up is thrown away: somebody else may have seen it.
    """
    if has_device(user) or not spend(user, CodePurpose.SET_UP, typed, now=now):
        record(Action.SIGN_IN_REFUSED, actor=user, subject=user_subject(user.pk), step="set-up")
        return False
    SealedDevice.objects.filter(user=user, confirmed=False).delete()
    return True


def set_up(user: User) -> SetUp | None:
    """What to show an official who sets up a device. None if there is a confirmed one."""
    device, _created = SealedDevice.objects.get_or_create(
        user=user, defaults={"name": "authenticator", "confirmed": False}
    )
    if device.confirmed:
        return None
    secret = base64.b32encode(device.bin_key).decode()
    key = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    picture = segno.make(device.config_url).svg_data_uri(scale=5, light="white")
    return SetUp(picture=picture, secret_uri=device.config_url, key=key)
