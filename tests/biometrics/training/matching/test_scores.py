from __future__ import annotations

import numpy as np
import pytest

from biometrics.training.matching import scores as matching_scores
from biometrics.training.matching.scores import (
    FusionTrial,
    Protocol,
    all_pairs,
    fused_trials,
    lfw_protocol,
    tenfold_correct,
)
from tests.biometrics.training.samples import random_samples


def test_every_pair_is_counted_once():
    samples = random_samples(people=10, each=4)

    scores = all_pairs(samples)

    assert len(scores.mated) == 10 * 6
    assert len(scores.nonmated) == 40 * 39 // 2 - 60
    assert scores.mated_quality is not None
    assert len(scores.mated_quality) == len(scores.mated)


def test_pairs_do_not_depend_on_the_block(monkeypatch):
    samples = random_samples(people=10, each=4)
    whole = all_pairs(samples)

    monkeypatch.setattr(matching_scores, "BLOCK", 7)
    parts = all_pairs(samples)

    assert np.sort(parts.mated) == pytest.approx(np.sort(whole.mated), abs=1e-6)
    assert np.sort(parts.nonmated) == pytest.approx(np.sort(whole.nonmated), abs=1e-6)


def test_samples_of_one_session_are_not_compared():
    samples = random_samples(people=5, each=6, sessions=3)

    scores = all_pairs(samples)

    assert len(scores.mated) == 5 * (15 - 3)


def test_fused_scores_of_one_person_are_higher_than_single_ones():
    samples = random_samples(spread=1)

    single = all_pairs(samples)
    fused = fused_trials(samples, FusionTrial(3, 3))

    assert np.median(fused.mated) > np.median(single.mated) + 0.1


def test_people_with_too_few_samples_take_no_part():
    samples = random_samples(people=5, each=3)

    scores = fused_trials(samples, FusionTrial(3, 3))

    assert len(scores.mated) == 0


def test_references_and_probes_come_from_different_sessions():
    samples = random_samples(people=4, each=6, sessions=2)
    samples.probes[samples.sessions == "s0"] = 0
    samples.references[samples.sessions == "s1"] = 0

    scores = fused_trials(samples, FusionTrial(3, 3, rounds=40))

    # Only references of s0 against probes of s1 score at all: half of the draws.
    assert 0.2 < np.mean(scores.mated != 0) < 0.8


def test_the_same_seed_draws_the_same_trials():
    samples = random_samples()

    one, other = (fused_trials(samples, FusionTrial(3, 1), seed=5) for _ in range(2))

    assert (one.mated == other.mated).all()


def test_official_pairs_are_read(tmp_path):
    samples = random_samples(people=3, each=2)
    pairs = tmp_path / "pairs.txt"
    pairs.write_text("2\t1\nP000\t1\t2\nP001\t1\tP002\t2\nP001\t1\t2\nP000\t1\tP002\t1\n")

    protocol = lfw_protocol(samples, pairs)

    assert protocol.mated.tolist() == [True, False, True, False]
    assert protocol.folds.tolist() == [0, 0, 1, 1]
    assert protocol.scores[0] == pytest.approx(samples.probes[0] @ samples.probes[1], abs=1e-6)


def test_separable_pairs_are_all_judged_rightly():
    mated = np.arange(200) % 2 == 0
    scores = np.where(mated, 0.7, 0.1) + np.linspace(0, 0.1, 200)
    protocol = Protocol(scores.astype(np.float32), mated, np.arange(200) // 20)

    correct = tenfold_correct(protocol)

    assert correct == 200


def test_scores_without_meaning_are_judged_rightly_half_the_time():
    random = np.random.default_rng(0)
    mated = np.arange(2000) % 2 == 0
    protocol = Protocol(random.random(2000, np.float32), mated, np.arange(2000) // 200)

    correct = tenfold_correct(protocol)

    assert 900 < correct < 1100
