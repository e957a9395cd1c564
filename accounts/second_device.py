"""Time-based one-time codes for officials (RFC 6238, by django-otp)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import segno
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.audit import Action, record

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class SetUp:
    """What an authenticator app needs once: a picture as a data: address, and the same as text."""

    picture: str
    secret_uri: str


def verify(user: User, code: str) -> bool:
    """Whether the code is right and new; the first right one confirms a new device."""
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().filter(user=user).first()
        if device is None or not device.verify_is_allowed()[0]:
            return False
        if not device.verify_token(code):
            # Also counts the failure: the device then waits longer with each.
            record(Action.SIGN_IN_REFUSED, actor=user, subject=f"user:{user.pk}", step="totp")
            return False
        if not device.confirmed:
            device.confirmed = True
            device.save(update_fields=["confirmed"])
            record(Action.TOTP_ENROLLED, actor=user, subject=f"user:{user.pk}")
    return True


def set_up(user: User) -> SetUp | None:
    """What to show somebody who has no confirmed device yet; None once there is one."""
    device, _created = TOTPDevice.objects.get_or_create(
        user=user, defaults={"name": "authenticator", "confirmed": False}
    )
    if device.confirmed:
        return None
    picture = segno.make(device.config_url).svg_data_uri(scale=5, light="white")
    return SetUp(picture=picture, secret_uri=device.config_url)
