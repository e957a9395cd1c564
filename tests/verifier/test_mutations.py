"""Single random changes to a finished election: the verifier names each of them."""

from __future__ import annotations

from tests.verifier.found import problems
from voting.trials.mutation import COVERED_BY_PROOFS, Change, Forger, mutate
from voting.trials.simulation import Shape, simulate


def test_single_changes_are_named():
    election = simulate(
        Shape(
            voters=6,
            revotes=2,
            spoils=1,
            blank=True,
            registrars=2,
            witnesses=2,
            quorum=1,
            groups=True,
            newcomers=1,
            overrides=2,
            extensions=1,
            waived=1,
        )
    )
    tried = set()

    for seed in range(400):
        mutation = mutate(election, seed)
        tried.add((mutation.change, mutation.forger))
        assert problems(mutation.file, finished=True), mutation

    assert {change for change, _forger in tried} == set(Change)
    assert {c for c, forger in tried if forger is Forger.HOLDS_BOARD_KEY} == COVERED_BY_PROOFS
