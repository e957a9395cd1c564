"""A token bucket that limits how many frames per second a socket may send."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Bucket:
    """It gains `per_second` tokens up to `burst`, and each frame takes one.

    `level` is how many tokens there were at the time `at`, in seconds.
    """

    per_second: float
    burst: float
    level: float
    at: float

    def take(self, now: float) -> tuple[Bucket, bool]:
        """Return the bucket after one frame, and whether that frame was within the rate."""
        level = min(self.burst, self.level + (now - self.at) * self.per_second)
        if level < 1:
            return replace(self, level=level, at=now), False
        return replace(self, level=level - 1, at=now), True
