from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from biometrics.engine.matching.metrics import (
    balanced_threshold,
    det_curve,
    equal_error_rate,
    false_matches,
    false_non_matches,
    rate,
    threshold_for,
)

similarity = st.floats(-1, 1, width=32)
scores = st.lists(similarity, min_size=1, max_size=200).map(
    lambda values: np.array(values, dtype=np.float32)
)


@given(trials=st.integers(1, 100_000), share=st.floats(0, 1))
def test_bounds_are_clopper_and_pearsons(trials, share):
    errors = round(trials * share)

    found = rate(errors, trials)

    low = beta.ppf(0.025, errors, trials - errors + 1) if errors else 0.0
    high = beta.ppf(0.975, errors + 1, trials - errors) if errors < trials else 1.0
    assert found.low == pytest.approx(low, rel=1e-6, abs=1e-12)
    assert found.high == pytest.approx(high, rel=1e-6, abs=1e-12)
    assert found.low <= found.value <= found.high


def test_no_error_in_thirty_thousand_trials_bounds_the_rate_by_the_rule_of_three():
    trials = 30_000

    found = rate(0, trials)

    assert found.low == 0
    assert found.high == pytest.approx(3.69 / trials, rel=0.01)


@pytest.mark.parametrize(("errors", "trials"), [(-1, 10), (11, 10)])
def test_impossible_counts_are_refused(errors, trials):
    with pytest.raises(ValueError, match="errors in"):
        rate(errors, trials)


@given(nonmated=scores, fmr=st.floats(0, 0.99))
def test_a_threshold_keeps_its_false_match_rate_and_is_the_lowest_that_does(nonmated, fmr):
    threshold = threshold_for(fmr=fmr, nonmated=nonmated)

    lower = float(np.nextafter(np.float32(threshold), np.float32(-np.inf)))
    assert false_matches(nonmated, threshold).value <= fmr + 1e-9
    assert false_matches(nonmated, lower).value > fmr


def test_a_threshold_allows_as_many_errors_as_the_rate_says():
    nonmated = np.arange(10_000, dtype=np.float32) / 10_000

    threshold = threshold_for(fmr=1e-3, nonmated=nonmated)

    assert false_matches(nonmated, threshold).errors == 10


@pytest.mark.parametrize("fmr", [-0.1, 1.0])
def test_a_rate_that_is_none_is_refused(fmr):
    with pytest.raises(ValueError, match="rate"):
        threshold_for(fmr=fmr, nonmated=np.zeros(3))


@given(mated=scores, nonmated=scores)
def test_the_equal_error_rate_lies_between_both_rates(mated, nonmated):
    found = equal_error_rate(mated, nonmated)

    above = np.nextafter(np.float32(found.threshold), np.float32(np.inf))
    rates = [false_matches(nonmated, float(cut)).value for cut in (found.threshold, above)]
    rates += [false_non_matches(mated, float(cut)).value for cut in (found.threshold, above)]
    assert min(rates) - 1e-6 <= found.value <= max(rates) + 1e-6


def test_scores_that_do_not_overlap_have_no_equal_error():
    mated, nonmated = np.array([0.8, 0.9]), np.array([0.1, 0.2, 0.3])

    found = equal_error_rate(mated, nonmated)

    assert found.value == 0
    assert 0.3 < found.threshold <= 0.8


def test_the_equal_error_rate_of_two_bells_is_known():
    random = np.random.default_rng(0)
    mated, nonmated = random.normal(2, 1, 100_000), random.normal(0, 1, 100_000)

    found = equal_error_rate(mated, nonmated)

    assert found.value == pytest.approx(0.1587, abs=0.003)
    assert found.threshold == pytest.approx(1, abs=0.03)


@given(mated=scores, nonmated=scores)
def test_rates_on_the_trade_off_curve_are_monotone(mated, nonmated):
    curve = det_curve(mated, nonmated, points=50)

    assert (np.diff(curve.fmr) <= 0).all()
    assert (np.diff(curve.fnmr) >= 0).all()


def test_the_balanced_threshold_weighs_every_source_alike():
    crowd = {"room": np.full(1000, 0.9), "elsewhere": np.array([0.3, 0.4, 0.6, 0.7])}
    attacks = {"elsewhere": {"print": np.array([0.1, 0.2]), "replay": np.array([0.2, 0.35, 0.5])}}

    found = balanced_threshold(crowd, attacks)

    # Two of four strangers refused are a quarter in the mean; a third of the replays pass.
    assert found == pytest.approx(0.45)


def test_a_threshold_needs_scores_of_both_kinds():
    with pytest.raises(ValueError, match="both kinds"):
        balanced_threshold({"room": np.array([0.5])}, {})
