"""Time-based one-time codes for officials (RFC 6238, by django-otp)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import segno
from django.db import transaction

from accounts.at_rest.sealing import SealBroken, keyring
from accounts.audit import Action, record, user_subject
from accounts.models import SealedDevice, seal_totp

if TYPE_CHECKING:
    from accounts.models import User

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SetUp:
    """What an authenticator app scans. `picture` is a QR code of `secret_uri` as a data: URL."""

    picture: str
    secret_uri: str


def verify(user: User, code: str) -> bool:
    """Whether the code is right and was not used before.

    The first right code confirms a new device. After each wrong one the device refuses codes for a
    time that doubles, so a right code may be refused too.
    """
    with transaction.atomic():
        device = SealedDevice.objects.select_for_update().filter(user=user).first()
        if device is None or not device.verify_is_allowed()[0]:
            return False
        if not _is_right(device, code):
            record(Action.SIGN_IN_REFUSED, actor=user, subject=user_subject(user.pk), step="totp")
            return False
        if not device.confirmed:
            device.confirmed = True
            device.save(update_fields=["confirmed"])
            record(Action.TOTP_ENROLLED, actor=user, subject=user_subject(user.pk))
    return True


def _is_right(device: SealedDevice, code: str) -> bool:
    """False for every code if the secret cannot be decrypted: the device must then be removed."""
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
def remove(device: SealedDevice, *, actor: User) -> None:
    """Remove a lost device. The official sets up another one at the next sign-in."""
    record(Action.TOTP_REMOVED, actor=actor, subject=user_subject(device.user_id))
    device.delete()


def set_up(user: User) -> SetUp | None:
    """What to show an official who has no confirmed device yet. None if there is one."""
    device, _created = SealedDevice.objects.get_or_create(
        user=user, defaults={"name": "authenticator", "confirmed": False}
    )
    if device.confirmed:
        return None
    picture = segno.make(device.config_url).svg_data_uri(scale=5, light="white")
    return SetUp(picture=picture, secret_uri=device.config_url)
