from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.harness.labelled_clips import Clip
from benchmarks.studies.sign_ins import ASKED, IN, OVER, SeenFrame, SignIn, outcome, table
from biometrics.engine.session import Challenge
from biometrics.engine.types import Comparison
from tests.biometrics.engine.session.heads import head_frame
from tests.support.drawn_views import held, living, standing

CLIP = Clip(Path("a.mp4"), bona_fide=True, row={"subject": "ann"})


class Matching:
    """An engine to which everybody is the voter."""

    def compare(self, reference, probe):
        return Comparison(0.9, 0.5)

    def compare_fused(self, reference, probes):
        return Comparison(0.9, 0.5)


def played(flow, policy, *, frames=20, pad=0.9):
    seen = [
        SeenFrame(head_frame(n, flow=flow, pad=pad).frame, n / 2, str(n).encode())
        for n in range(frames)
    ]
    template: Any = head_frame(0).frame.template
    engine: Any = Matching()
    return outcome(CLIP, seen, template, engine, policy).outcome


@pytest.mark.parametrize(
    ("flow", "policy", "expected"),
    [
        (living, Challenge.PASSIVE, IN),
        (standing, Challenge.PASSIVE, IN),
        (living, Challenge.UNSURE, IN),
        (standing, Challenge.UNSURE, ASKED),
        (held, Challenge.UNSURE, ASKED),
        (living, Challenge.ALWAYS, ASKED),
    ],
)
def test_the_policy_decides_who_is_asked_to_move(flow, policy, expected):
    assert played(flow, policy) == expected


def test_who_never_matches_runs_out_of_time():
    assert played(living, Challenge.PASSIVE, frames=5) == OVER
    assert played(living, Challenge.PASSIVE, pad=0.1) == OVER


def test_the_shares_have_bounds_over_people():
    def sign_in(subject, how):
        clip = Clip(Path("a.mp4"), bona_fide=False, row={"subject": subject, "support": "hand"})
        return SignIn(clip, how, 5.0)

    found = table([sign_in(name, IN if name == "a" else ASKED) for name in np.repeat([*"abcd"], 5)])

    assert found["attacks"]["share let in"] == 0.25
    low, high = found["attacks"]["95 % bounds over people"]
    assert low == 0.0
    assert high > 0.6
    assert found["by"]["support"] == {"attack hand": "5 of 20"}
