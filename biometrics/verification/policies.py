"""Decides what one verification asks for, from the settings, its purpose and its voter."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.dispatch import Signal

from biometrics.engine.session import Challenge, Policy
from biometrics.models import Purpose

if TYPE_CHECKING:
    from biometrics.models import VerificationSession

# Time for five cues of eight seconds each and the closing frames. A socket lives for two minutes
# at most.
CHALLENGE_SECONDS = 50

# An election may ask for more than the site's settings do. A receiver gets `user` and `purpose`,
# and returns the name of a Challenge, or nothing.
challenge_wanted = Signal()


def policy_for(session: VerificationSession, *, light: bool = False) -> Policy:
    """Return the policy with the strictest challenge that the site or an election asks for.

    `light` says that the voter chose coloured light in place of some of the movements. Raises
    ValueError if a receiver of `challenge_wanted` returns anything but the name of a Challenge.
    """
    challenges = [Challenge(_site_policy(session))]
    answers = challenge_wanted.send(sender=None, user=session.user, purpose=session.purpose)
    challenges += [Challenge(answer) for _receiver, answer in answers if answer]
    strictest = max(challenges, key=list(Challenge).index)
    return Policy(
        frames_needed=settings.FRAMES_NEEDED,
        seconds=_seconds(strictest),
        seconds_to_match=settings.FACE_STEP_SECONDS,
        pad_required=settings.PAD_ENABLED,
        challenge=strictest,
        blinks=settings.CHALLENGE_BLINKS,
        light=light and settings.CHALLENGE_LIGHT,
    )


def seed_for(session: VerificationSession) -> bytes:
    """Return 32 random bytes, from which the cues of this session are drawn.

    The purpose and the matter of the session's grant are mixed in.
    """
    matter = f"{session.purpose}:{session.bound_to}".encode()
    return hashlib.sha256(secrets.token_bytes(32) + matter).digest()


def _seconds(challenge: Challenge) -> int:
    passive: int = settings.FACE_STEP_SECONDS
    return passive if challenge is Challenge.PASSIVE else passive + CHALLENGE_SECONDS


def _site_policy(session: VerificationSession) -> str:
    match session.purpose:
        case Purpose.LOGIN:
            return str(settings.CHALLENGE_LOGIN)
        case Purpose.ENROL:
            # Nobody knows this face yet, so that it is alive must be shown in every way there is.
            return str(Challenge.ALWAYS)
        case _:
            # A camera check is like the face step that it prepares for. A proof is for one act, as
            # a ballot is: no weaker than casting.
            return str(settings.CHALLENGE_CAST)
