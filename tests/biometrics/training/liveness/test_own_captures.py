from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from biometrics.training.liveness.own_captures import TooFewCaptures, standing
from biometrics.training.liveness.samples import Presentation, Scored


def captures(scores, *, bona_fide=True, fit=True, hint="none"):
    return [
        Scored(
            Presentation(
                Path(f"{n}.jpg"), bona_fide, "" if bona_fide else "print", f"p{n}", "desk"
            ),
            0,
            score,
            fit=fit,
            hint=hint,
            camera="low",
        )
        for n, score in enumerate(scores)
    ]


def test_the_threshold_stands_among_the_honest_captures():
    scores = [0.3, 0.5, *(0.7 + 0.01 * n for n in range(23))]
    scored = [
        *captures(scores),
        *captures([0.99] * 30, bona_fide=False),
        *captures([0.1] * 3, fit=False, hint="too_dark"),
    ]

    found = standing(scored, 0.627)

    assert found["refused"]["errors"] == 2
    assert found["refused"]["trials"] == 25
    assert found["refused"]["over"] == "people"
    assert found["answered_with_a_hint"] == {"too_dark": 3}
    assert found["cameras"] == {"low": 25}
    assert found["fitting"] == 0.3


def test_few_captures_say_nothing():
    with pytest.raises(TooFewCaptures, match="19 captures"):
        standing([*captures([0.9] * 19), *captures([0.9] * 9, bona_fide=False)], 0.6)


def test_the_command_names_what_is_missing(tmp_path):
    with pytest.raises(CommandError, match="fake"):
        call_command("calibrate_liveness", tmp_path)


def test_an_empty_list_is_named(tmp_path):
    (tmp_path / "labels.csv").write_text("file,label\n")

    with pytest.raises(CommandError, match="nothing to look at"):
        call_command("calibrate_liveness", tmp_path)
