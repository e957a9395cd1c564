"""System checks of the settings. Each message is one line that names the variable."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004

# What Django's own check of a deployment requires.
MIN_SECRET_LENGTH = 50
TEMPLATE_KEY_BYTES = 32
# The movements may take 50 seconds more, so a socket is open for two minutes at most.
MAX_FACE_STEP_SECONDS = 70
CHALLENGES = ("passive", "unsure", "always")
SECOND_FACTORS = {"totp", "face", "none"}


@register(Tags.security)
def check_keys(app_configs: Any, **_: Any) -> list[CheckMessage]:
    messages: list[CheckMessage] = []
    if len(settings.SECRET_KEY) < MIN_SECRET_LENGTH:
        messages.append(Error("SECRET_KEY is shorter than 50 characters", id="facevote.E001"))
    if not settings.TEMPLATE_KEYS:
        messages.append(Error("TEMPLATE_KEYS is empty", id="facevote.E002"))
    if any(not _is_key(key) for key in settings.TEMPLATE_KEYS):
        messages.append(
            Error("TEMPLATE_KEYS holds a key that is not 32 bytes in Base64", id="facevote.E002")
        )
    return messages


@register(Tags.security)
def check_policy(app_configs: Any, **_: Any) -> list[CheckMessage]:
    messages: list[CheckMessage] = []
    if settings.OFFICIAL_SECOND_FACTOR not in SECOND_FACTORS:
        messages.append(
            Error("OFFICIAL_SECOND_FACTOR is none of totp, face, none", id="facevote.E003")
        )
    if settings.FRAMES_NEEDED < 1:
        messages.append(Error("FRAMES_NEEDED is less than 1", id="facevote.E004"))
    if not 5 <= settings.FACE_STEP_SECONDS <= MAX_FACE_STEP_SECONDS:
        messages.append(
            Error(
                f"FACE_STEP_SECONDS is not between 5 and {MAX_FACE_STEP_SECONDS}",
                id="facevote.E008",
            )
        )
    if settings.ADDRESS_FAILURE_LIMIT < settings.AXES_FAILURE_LIMIT:
        messages.append(
            Error("ADDRESS_FAILURE_LIMIT is less than an account's limit", id="facevote.E010")
        )
    for name in ("CHALLENGE_LOGIN", "CHALLENGE_CAST"):
        if getattr(settings, name) not in CHALLENGES:
            messages.append(Error(f"{name} is none of {', '.join(CHALLENGES)}", id="facevote.E007"))
    return messages


@register(Tags.security, deploy=True)
def check_production(app_configs: Any, **_: Any) -> list[CheckMessage]:
    messages: list[CheckMessage] = []
    if not settings.HTTPS:
        messages.append(
            Error("HTTPS is off: browsers give no camera to a plain page", id="facevote.E005")
        )
    if settings.OFFICIAL_SECOND_FACTOR == "none":
        messages.append(
            Error(
                "OFFICIAL_SECOND_FACTOR is none: a password alone opens the admin",
                id="facevote.E006",
            )
        )
    if not settings.SECOND_OFFICIAL:
        messages.append(
            Warning(
                "SECOND_OFFICIAL is off: one official alone can become any voter",
                id="facevote.W003",
            )
        )
    if settings.CHALLENGE_CAST == "passive":
        messages.append(
            Warning(
                "CHALLENGE_CAST is passive: a recording fed in as a camera can cast",
                id="facevote.W002",
            )
        )
    if not settings.PAD_ENABLED:
        messages.append(Warning("PAD_ENABLED is off: a photo can log in", id="facevote.W001"))
    return messages


def _is_key(value: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(value)) == TEMPLATE_KEY_BYTES
    except (binascii.Error, ValueError):
        return False
