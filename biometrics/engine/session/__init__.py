"""The face step: from judged frames to a verdict."""

from biometrics.engine.session.machine import begin, miss, seconds_left, step, time_out
from biometrics.engine.session.progress import Progress, on_show
from biometrics.engine.session.state import State
from biometrics.engine.session.values import Challenge, JudgedFrame, Policy, Reason, Verdict

__all__ = [
    "Challenge",
    "JudgedFrame",
    "Policy",
    "Progress",
    "Reason",
    "State",
    "Verdict",
    "begin",
    "miss",
    "on_show",
    "seconds_left",
    "step",
    "time_out",
]
