"""The face step: from judged frames to a verdict."""

from biometrics.engine.session.machine import (
    CLOSING_FRAMES,
    Challenge,
    Evidence,
    Policy,
    Progress,
    Reason,
    State,
    Verdict,
    begin,
    miss,
    on_show,
    step,
    time_out,
)

__all__ = [
    "CLOSING_FRAMES",
    "Challenge",
    "Evidence",
    "Policy",
    "Progress",
    "Reason",
    "State",
    "Verdict",
    "begin",
    "miss",
    "on_show",
    "step",
    "time_out",
]
