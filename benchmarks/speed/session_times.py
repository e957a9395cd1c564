"""How long face steps took, as the benchmarks report it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence


def times(sessions: int, seconds: Sequence[float]) -> dict[str, Any]:
    """`seconds` has one entry for each verified session; the other `sessions` were refused."""
    p50, p95 = np.percentile(seconds, [50, 95]) if seconds else (0.0, 0.0)
    return {
        "sessions": sessions,
        "refused": sessions - len(seconds),
        "p50_seconds": round(float(p50), 2),
        "p95_seconds": round(float(p95), 2),
    }
