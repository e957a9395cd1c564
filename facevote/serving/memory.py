"""Tells glibc's malloc to give large blocks back.

Hashing a password takes 19 MiB for a moment. glibc gives such a block back to the system the first
time. Then it raises its own thresholds (M_MMAP_THRESHOLD, M_TRIM_THRESHOLD), takes the next blocks
from the heap of each thread, and keeps them: some thirty sign-ins leave 170 MB behind. Fixed
thresholds end that. They are above what a frame needs, because blocks that are needed again with
the next frame are best kept.
"""

from __future__ import annotations

import ctypes
import sys

MAPPED_APART_BYTES = 4 * 1024 * 1024
KEPT_FREE_BYTES = 16 * 1024 * 1024
# From glibc's malloc.h.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3


def give_large_blocks_back() -> None:
    """For the whole process, threads to come included; without effect on other C libraries."""
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, MAPPED_APART_BYTES)
        mallopt(M_TRIM_THRESHOLD, KEPT_FREE_BYTES)
