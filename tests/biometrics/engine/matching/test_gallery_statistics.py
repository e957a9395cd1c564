from __future__ import annotations

import numpy as np
import pytest

from biometrics.engine.matching.gallery_statistics import BINS, EnrolledVoter, gallery_statistics
from biometrics.engine.matching.metrics import threshold_for
from biometrics.engine.matching.operating_point import OperatingPoint

POINT = OperatingPoint(frame=0.5, fused=0.6, same_person=0.4, search=0.6)


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)


def crowd(people, *, photos=3, length=16, noise=0.3):
    random = np.random.default_rng(5)
    faces = unit(random.normal(size=(people, length)))
    own = unit(faces[:, None] + random.normal(size=(people, photos, length)) * noise / 4)
    return [EnrolledVoter(n + 1, unit(own[n].sum(axis=0)), own[n]) for n in range(people)]


def brute_force(voters):
    vectors = np.stack([voter.reference for voter in voters])
    return (vectors @ vectors.T)[np.triu_indices(len(vectors), 1)]


def test_every_pair_is_counted_once_over_the_blocks():
    voters = crowd(600)

    found = gallery_statistics(voters, POINT)

    scores = brute_force(voters)
    assert sum(found.between) == len(scores) == 600 * 599 // 2
    assert found.false_matches.errors == int((scores >= POINT.fused).sum())
    assert [pair.score for pair in found.nearest] == pytest.approx(
        sorted(scores, reverse=True)[:20], abs=1e-6
    )


def test_the_nearest_pairs_name_the_voters_they_are_of():
    voters = crowd(600)
    references = {voter.key: voter.reference for voter in voters}

    found = gallery_statistics(voters, POINT)

    for pair in found.nearest:
        assert references[pair.key] @ references[pair.other] == pytest.approx(pair.score, abs=1e-6)


def test_the_threshold_is_the_one_that_all_scores_would_give():
    voters = crowd(600, length=8)

    found = gallery_statistics(voters, POINT)

    exact = threshold_for(fmr=1e-4, nonmated=brute_force(voters))
    assert found.needed == pytest.approx(exact, abs=1e-6)
    assert found.needed is not None
    assert found.suggested == max(found.needed, POINT.fused)


def test_more_matches_than_are_kept_are_all_counted():
    """A roll of twins: far more pairs match than one in 10,000."""
    twin = crowd(1)[0]
    voters = [EnrolledVoter(n, twin.reference, twin.photos) for n in range(300)]

    found = gallery_statistics(voters, POINT)

    assert found.false_matches.errors == found.false_matches.trials == 300 * 299 // 2


def test_with_few_voters_the_threshold_in_use_is_kept():
    found = gallery_statistics(crowd(20), POINT)

    assert found.needed is None
    assert found.suggested == POINT.fused


def test_a_voter_with_a_photo_of_somebody_else_is_shown_first():
    voters = crowd(10)
    odd = np.concatenate([voters[3].photos[:2], voters[7].photos[:1]])
    voters[3] = EnrolledVoter(4, voters[3].reference, odd)

    found = gallery_statistics(voters, POINT)

    assert found.widest[0].key == 4
    assert found.false_non_matches.errors >= 1
    assert len(found.within) == BINS


@pytest.mark.parametrize("people", [0, 1])
def test_nobody_to_compare_with_is_no_error(people):
    found = gallery_statistics(crowd(people) if people else [], POINT)

    assert found.nearest == ()
    assert found.false_matches.trials == 0


def test_one_photo_is_compared_with_nothing():
    found = gallery_statistics(crowd(4, photos=1), POINT)

    assert found.widest == ()
    assert found.false_non_matches.trials == 0
