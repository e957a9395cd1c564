"""What a face step is given and what it gives back: policy, judged frames, verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from biometrics.engine.pad.cues import Course

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from biometrics.engine.types import Comparison, FrameResult, Template

    # Compares several frames' templates, as one, with the voter's reference.
    Fused = Callable[[Sequence[Template]], Comparison]

# After coloured light, which nobody could foresee, fewer movements and a shorter way are enough.
STEPS_AFTER_LIGHT = 3
# The first cue is shown when at most so many matches are still missing.
ANNOUNCED_AHEAD = 3
WAY_AFTER_LIGHT = 150


class Challenge(StrEnum):
    """When movements are asked for: never, after anything odd, or always; the strictest last."""

    PASSIVE = "passive"
    UNSURE = "unsure"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Policy:
    """What one face step asks for.

    `frames_needed` frames in a row must match within `seconds_to_match`, and the whole step must be
    over within `seconds`. With `pad_required` a frame counts
    only if attack detection takes it for bona fide. With `blinks` the eyes may be asked for too;
    with `light` the voter chose coloured light in place of some movements.
    """

    frames_needed: int
    seconds: float
    pad_required: bool
    challenge: Challenge = Challenge.PASSIVE
    blinks: bool = False
    light: bool = False
    seconds_to_match: float = math.inf

    @property
    def silent_frames(self) -> int:
        """Up to so many compared frames, no answer depends on what the comparisons gave."""
        return max(0, self.frames_needed - 1 - ANNOUNCED_AHEAD)

    @property
    def course(self) -> Course:
        """What the movements are drawn from."""
        if self.light:
            return Course(
                steps_left=STEPS_AFTER_LIGHT, degrees_left=WAY_AFTER_LIGHT, blinks=self.blinks
            )
        return Course(blinks=self.blinks)

    @property
    def sees_eyes(self) -> bool:
        """Whether the engine must measure in each frame how far the eyes are open."""
        return self.blinks and self.challenge is not Challenge.PASSIVE


@dataclass(frozen=True, slots=True)
class JudgedFrame:
    """One frame as the engine judged it.

    `comparison` is with the voter's reference (1:1). `digest` is a hash of the frame's bytes, by
    which a frame that was sent twice is recognised. `step` is the number of the cue that the page
    showed when the frame was taken, `sent` the page's own time in seconds.
    """

    frame: FrameResult
    comparison: Comparison | None
    digest: bytes
    step: int = 0
    sent: float | None = None


class Reason(StrEnum):
    """Why a face step ended without success, as coarsely as the page may know it.

    CAMERA is the device's fault: it gave the same picture again and again, or too few pictures for
    movements. It says nothing about the voter and is never counted.
    """

    NO_MATCH = "no_match"
    NOT_LIVE = "not_live"
    CHALLENGE_FAILED = "challenge_failed"
    LIGHT_UNSEEN = "light_unseen"
    TIMED_OUT = "timed_out"
    STREAM = "stream"
    CAMERA = "camera"
    AGAIN = "again"


# A voter who ends so too often is locked out for a while.
COUNTED = frozenset(
    {
        Reason.NO_MATCH,
        Reason.NOT_LIVE,
        Reason.CHALLENGE_FAILED,
        Reason.LIGHT_UNSEEN,
        Reason.STREAM,
    }
)


@dataclass(frozen=True, slots=True)
class Verdict:
    verified: bool
    reason: Reason | None = None

    @property
    def counted(self) -> bool:
        """Whether it counts as a failed try of this voter."""
        return self.reason in COUNTED
