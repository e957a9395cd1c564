"""What one verification asks for: the site's policy, for its purpose and its voter."""

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

# Five cues of eight seconds and the closing frames; a socket lives two minutes at the longest.
CHALLENGE_SECONDS = 50

# Who runs elections may ask for more than the site does: receivers answer with a Challenge.
# Arguments: user, purpose.
challenge_wanted = Signal()


def policy_for(session: VerificationSession, *, light: bool = False) -> Policy:
    """The strictest of what the site and the receivers of `challenge_wanted` ask for.

    `light`: the voter would have coloured light in place of some movements.
    """
    asked = [Challenge(_site_policy(session))]
    answers = challenge_wanted.send(sender=None, user=session.user, purpose=session.purpose)
    asked += [Challenge(answer) for _receiver, answer in answers if answer]
    strictest = max(asked, key=list(Challenge).index)
    return Policy(
        frames_needed=settings.FRAMES_NEEDED,
        seconds=_seconds(strictest),
        pad_required=settings.PAD_ENABLED,
        challenge=strictest,
        blinks=settings.CHALLENGE_BLINKS,
        light=light and settings.CHALLENGE_LIGHT,
    )


def seed_for(session: VerificationSession) -> bytes:
    """256 secret bits of this session, tied to what its grant will name."""
    matter = f"{session.purpose}:{session.bound_to}".encode()
    return hashlib.sha256(secrets.token_bytes(32) + matter).digest()


def _seconds(challenge: Challenge) -> int:
    passive: int = settings.FACE_STEP_SECONDS
    return passive if challenge is Challenge.PASSIVE else passive + CHALLENGE_SECONDS


def _site_policy(session: VerificationSession) -> str:
    casting = session.purpose == Purpose.CAST
    return str(settings.CHALLENGE_CAST if casting else settings.CHALLENGE_LOGIN)
