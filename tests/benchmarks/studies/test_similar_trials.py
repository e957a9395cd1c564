"""Margins and cohorts against what is worked out one claim at a time."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from benchmarks.studies.similar_people import ALIKE, OTHERS, count, turns
from benchmarks.studies.similar_trials import leads, normalised_trials
from biometrics.training.matching.gallery import gallery_of
from biometrics.training.matching.scores import FusionTrial, drawn_rounds, fused_trials
from tests.biometrics.training.samples import joined, random_samples

TRIAL = FusionTrial(3, 3, rounds=2)


@pytest.fixture(scope="module")
def voters():
    """Twelve who can be tried, and three on the roll with one photo each."""
    return joined(random_samples(people=12), random_samples(people=3, each=1, group="few", seed=5))


def slowly(samples, *, enrolled):
    roll = gallery_of(samples)
    own: list[float] = []
    others: list[float] = []
    for one in drawn_rounds(samples, TRIAL):
        for row, claimed in enumerate(one.people):
            for column, person in enumerate(one.people):
                left_out = {str(claimed)} | (set() if enrolled else {str(person)})
                among = [
                    float(reference @ one.probes[column])
                    for name, reference in zip(roll.people, roll.references, strict=True)
                    if str(name) not in left_out
                ]
                ahead = float(one.references[row] @ one.probes[column]) - max(among)
                (own if row == column else others).append(ahead)
    return own, others


@pytest.mark.parametrize("enrolled", [True, False])
def test_a_lead_is_over_the_nearest_who_is_neither_claimed_nor_left_out(voters, enrolled):
    found = leads(voters, TRIAL, gallery_of(voters), enrolled=enrolled)

    own, others = slowly(voters, enrolled=enrolled)
    assert found.mated == pytest.approx(own, abs=1e-5)
    assert found.nonmated == pytest.approx(others, abs=1e-5)


def test_an_impostor_who_is_on_the_roll_is_nearest_to_himself(voters):
    at_home = leads(voters, TRIAL, gallery_of(voters), enrolled=True)
    away = leads(voters, TRIAL, gallery_of(voters), enrolled=False)

    assert (at_home.nonmated < 0).all()
    assert (away.nonmated > 0).any()
    assert (at_home.mated == away.mated).all()


def test_a_normalised_score_is_in_deviations_of_the_cohorts_nearest(voters):
    cohort = gallery_of(random_samples(people=30, seed=9)).references

    found = normalised_trials(voters, TRIAL, cohort, nearest=5)

    one = next(iter(drawn_rounds(voters, TRIAL)))
    reference = np.sort(-np.linalg.norm(cohort - one.references[0], axis=1))[-5:]
    probe = np.sort(-np.linalg.norm(cohort - one.probes[0], axis=1))[-5:]
    score = -np.linalg.norm(one.references[0] - one.probes[0])
    expected = [(score - near.mean()) / near.std() for near in (reference, probe)]
    assert found.mated[0] == pytest.approx(np.mean(expected), rel=1e-3)


def test_a_cohort_of_their_like_takes_from_similar_people_what_they_share():
    alike = random_samples(people=30, likeness=1.0, group="alike")
    cohort = gallery_of(joined(random_samples(people=200, seed=3))).references
    # The same seed gives the same likeness, and the same first thirty people.
    own_cohort = gallery_of(random_samples(people=100, likeness=1.0, group="alike")).references[30:]

    plain = fused_trials(alike, TRIAL)
    unlike, like = (
        normalised_trials(alike, TRIAL, some, nearest=100) for some in (cohort, own_cohort)
    )

    assert len(plain.nonmated) == len(like.nonmated)
    assert np.median(like.nonmated) < np.median(unlike.nonmated) - 1


def test_everybody_has_each_part_once_and_no_two_at_a_time(voters):
    played = list(turns({OTHERS: voters}))

    roles: Counter[tuple[int, str]] = Counter()
    for turn in played:
        parts = [set(part[OTHERS].people) for part in (turn.cohort, turn.choose, turn.report)]
        assert not parts[0] & parts[1] | parts[1] & parts[2] | parts[0] & parts[2]
        roles.update((role, person) for role, part in enumerate(parts) for person in part)
    assert set(roles.values()) == {1}
    assert len(roles) == 3 * len(set(voters.people))


def test_every_claim_is_counted_under_every_rule():
    groups = {
        OTHERS: random_samples(people=60),
        ALIKE: random_samples(people=30, likeness=1.0, group="alike"),
    }

    figures = count(groups, TRIAL, site=0.9)

    for found in (*figures["rules"].values(), *figures["margins"].values()):
        for by_group in found.values():
            assert by_group[OTHERS]["fnmr"]["trials"] == 60 * TRIAL.rounds
            assert by_group[ALIKE]["fnmr"]["trials"] == 30 * TRIAL.rounds
    assert figures["margins"]["impostor on the roll"]["0"][ALIKE]["fmr"]["errors"] == 0
