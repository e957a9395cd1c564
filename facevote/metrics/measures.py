"""What each process counts and measures. No label holds a name, an address or a number."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Histogram

FACE_STEPS: Final = Counter(
    "facevote_face_steps", "Face steps that ended in a verdict", ["verdict", "reason"]
)
FRAME_SECONDS: Final = Histogram(
    "facevote_frame_seconds",
    "How long a frame was judged by the engine",
    buckets=(0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 10.0),
)
LOOP_LAG: Final = Histogram(
    "facevote_event_loop_lag_seconds",
    "How much later than asked the event loop came back",
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
)
RESPONSES: Final = Counter("facevote_responses", "Answers to requests", ["status"])
CASTS: Final = Counter("facevote_casts", "Ballots that were put into a box")
EVENTS: Final = Counter("facevote_audit_events", "Events of the audit log", ["action"])
LOCK_OUTS: Final = Counter(
    "facevote_lock_outs", "Accounts that were made to wait after failures", ["step"]
)
TASKS: Final = Counter("facevote_tasks", "Tasks that a worker has ended", ["task", "state"])
ERRORS: Final = Counter("facevote_errors", "Failures that no page or task expects", ["where"])
