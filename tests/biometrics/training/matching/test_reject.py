from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometrics.engine.matching.metrics import false_non_matches, threshold_for
from biometrics.training.matching.reject import SHARES, reject_by_score, reject_curves
from biometrics.training.matching.scores import ScoreSet, all_pairs
from tests.biometrics.training.samples import random_samples

TARGETS = {"1e-2": 1e-2, "1e-3": 1e-3}


def spoiled(share=0.2, **options):
    """Samples of which some are noise, and whose quality says which."""
    samples = random_samples(people=30, each=6, **options)
    random = np.random.default_rng(3)
    bad = random.random(len(samples.people)) < share
    noise = random.normal(size=samples.probes.shape).astype(np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    probes = np.where(bad[:, None], noise, samples.probes)
    quality = (random.random(len(bad)) * 0.5 + np.where(bad, 0, 0.5)).astype(np.float32)
    return replace(samples, probes=probes, quality=quality, fit=~bad), bad


def test_refusing_the_worst_samples_lowers_the_error_if_quality_means_something():
    samples, bad = spoiled()

    curve = reject_by_score(all_pairs(samples), samples.quality, fmr=1e-2)

    values = [point.fnmr.value for point in curve]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.2
    assert curve[-1].refused > bad.mean()
    assert values[-1] < 0.01


def test_refusing_by_a_quality_that_says_nothing_does_not_help():
    samples, _bad = spoiled()
    blind = np.random.default_rng(0).permutation(samples.quality)
    samples = replace(samples, quality=blind)

    curve = reject_by_score(all_pairs(samples), samples.quality, fmr=1e-2)

    assert curve[-1].fnmr.value > 0.8 * curve[0].fnmr.value


def test_the_cuts_are_marked_by_what_they_refuse():
    samples, bad = spoiled()

    curve = reject_curves(samples, all_pairs(samples), TARGETS)["1e-2"]

    assert curve.site_cuts is not None
    assert curve.site_cuts.refused == pytest.approx(bad.mean())
    assert curve.site_cuts.left == (~bad).sum()
    assert curve.site_cuts.fnmr.value < 0.01 < curve.by_score[0].fnmr.value


@settings(max_examples=30)
@given(seed=st.integers(0, 2**16), share=st.floats(0, 0.5), fmr=st.floats(1e-3, 0.2))
def test_a_point_is_what_the_samples_left_would_give_alone(seed, share, fmr):
    samples = random_samples(people=8, each=4, seed=seed, spread=1.2)

    found = reject_by_score(all_pairs(samples), samples.quality, fmr=fmr, shares=(share,))

    refused = int(np.ceil(share * len(samples.quality)))
    alone = all_pairs(samples.where(np.argsort(np.argsort(samples.quality)) >= refused))
    for point in found:
        threshold = threshold_for(fmr=fmr, nonmated=alone.nonmated)
        assert point.left == len(samples.quality) - refused
        assert point.refused == pytest.approx(refused / len(samples.quality))
        assert point.fnmr == false_non_matches(alone.mated, threshold)
    assert found or len(alone.nonmated) * fmr < 1 or not len(alone.mated)


@given(seed=st.integers(0, 2**16))
@settings(max_examples=10)
def test_the_order_of_the_samples_does_not_matter(seed):
    samples = random_samples(people=10, each=4, spread=1.2)
    # Any order of the rows will do as well as flags that choose some of them.
    order: Any = np.random.default_rng(seed).permutation(len(samples.people))

    mixed = samples.where(order)

    assert reject_curves(mixed, all_pairs(mixed), TARGETS) == reject_curves(
        samples, all_pairs(samples), TARGETS
    )


def test_samples_of_one_quality_stay_together():
    samples = random_samples(people=10, each=4)
    samples = replace(samples, quality=np.ones_like(samples.quality))

    curve = reject_by_score(all_pairs(samples), samples.quality, fmr=1e-2)

    assert [point.left for point in curve] == [40] * len(SHARES)


def test_a_rate_that_the_pairs_cannot_show_is_left_out():
    samples = random_samples(people=4, each=3)

    curves = reject_curves(samples, all_pairs(samples), {"1e-1": 1e-1, "1e-5": 1e-5})

    assert list(curves) == ["1e-1"]


def test_cuts_that_leave_nobody_have_no_point():
    samples = random_samples(people=10, each=4)
    samples = replace(samples, fit=np.zeros_like(samples.fit))

    curve = reject_curves(samples, all_pairs(samples), TARGETS)["1e-2"]

    assert curve.by_score
    assert curve.site_cuts is None


def test_scores_without_quality_are_refused():
    bare = np.linspace(0, 1, 50, dtype=np.float32)

    with pytest.raises(ValueError, match="quality is not known"):
        reject_by_score(ScoreSet(bare, bare), bare, fmr=0.1)
