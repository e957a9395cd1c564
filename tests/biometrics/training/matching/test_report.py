from __future__ import annotations

import json
from datetime import date

import pytest

from biometrics.engine.matching.metrics import false_non_matches, threshold_for
from biometrics.engine.matching.operating_point import load_operating_point
from biometrics.training.matching.report import (
    FUSED_FMR,
    as_json,
    as_table,
    at_point,
    build_report,
    card_of,
    choose_point,
    error_rates,
    halves,
)
from biometrics.training.matching.scores import REFERENCE_TO_FRAMES, all_pairs, fused_trials
from tests.biometrics.training.samples import joined, random_samples


@pytest.fixture(scope="module")
def lookalikes():
    """Strangers, and a group whose people resemble each other."""
    return joined(
        random_samples(group="strangers"), random_samples(group="alike", likeness=0.8, seed=1)
    )


def test_no_person_is_in_both_halves():
    one, other = halves(random_samples())

    shared = set(one.people) & set(other.people)

    assert not shared
    assert len(one.people) + len(other.people) == len(random_samples().people)


def test_the_group_of_lookalikes_sets_the_threshold(lookalikes):
    point = choose_point(lookalikes)

    alone = choose_point(lookalikes.of_group("strangers"))
    assert point.fused.group == "alike"
    assert point.frame.group == "alike"
    assert point.fused.threshold > alone.fused.threshold


def test_every_group_keeps_the_false_match_rate_at_the_threshold(lookalikes):
    point = choose_point(lookalikes)

    for group in ("strangers", "alike"):
        scores = fused_trials(lookalikes.of_group(group), REFERENCE_TO_FRAMES)
        assert (scores.nonmated >= point.fused.threshold).mean() <= FUSED_FMR


def test_error_rates_come_with_bounds():
    found = error_rates(random_samples(people=200), all_pairs)

    at = found["fnmr_at_fmr"]["1e-3"]
    assert at["fnmr"]["low"] <= at["fnmr"]["value"] <= at["fnmr"]["high"]
    assert at["fmr"]["value"] == pytest.approx(1e-3, rel=0.5)


def test_a_rate_that_the_data_cannot_show_is_left_out():
    found = error_rates(random_samples(people=20), all_pairs)

    assert "1e-5" not in found["fnmr_at_fmr"]


def test_the_error_versus_reject_curve_is_in_the_report_and_its_table():
    report = build_report(random_samples(people=100, spread=1.1), None, None)

    curve = report["groups"]["lfw"]["error_versus_reject"]["1e-3"]
    assert curve["by_score"][0]["fnmr"] == _pooled_fnmr(random_samples(people=100, spread=1.1))
    assert curve["site_cuts"]["left"] < curve["by_score"][0]["left"]
    assert "lfw FNMR at FMR 1e-3, 5.0% refused (lowest quality), 760 left" in as_table(report)
    assert "(by the site's cuts)" in as_table(report)


def _pooled_fnmr(samples):
    scores = all_pairs(samples)
    threshold = threshold_for(fmr=1e-3, nonmated=scores.nonmated)
    return as_json(false_non_matches(scores.mated, threshold))


def test_a_picture_without_a_face_is_a_failure_to_acquire():
    samples = random_samples()
    samples.acquired[:3] = False
    samples.probes[:3] = 0

    report = build_report(samples, None, None)

    assert report["failure_to_acquire"]["errors"] == 3


def test_the_report_names_what_thresholds_were_not_chosen_by(lookalikes, tmp_path):
    held_out = random_samples(group="held out", seed=9)

    report = build_report(lookalikes, held_out, None)

    assert report["groups"]["alike"]["chosen_on"]
    assert not report["groups"]["held out"]["chosen_on"]
    assert json.loads(json.dumps(report)) == report
    assert "held out fused" in as_table(report)


def test_the_card_is_the_operating_point_that_the_engine_loads(lookalikes, tmp_path):
    report = build_report(lookalikes, None, None)

    card = card_of(report, today=date(2026, 1, 2))
    (tmp_path / "matching-test.json").write_text(json.dumps(card))
    point = load_operating_point(tmp_path, "test", "a" * 64)

    assert point.fused == report["threshold"]["fused"]["threshold"]
    assert point.frame == report["threshold"]["frame"]["threshold"]


def test_rates_at_a_threshold_are_per_group(lookalikes):
    found = at_point(lookalikes.of_group("alike"), -1, 2)

    assert found["frame"]["fmr"]["value"] == 1
    assert found["fused"]["fnmr"]["value"] == 1


def test_too_few_pictures_are_refused():
    with pytest.raises(ValueError, match="enough pictures"):
        choose_point(random_samples(each=2))
