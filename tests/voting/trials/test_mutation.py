from __future__ import annotations

import pytest

from voting.crypto import canonical
from voting.crypto.board.chain import Event, Tip
from voting.trials.mutation import COVERED_BY_PROOFS, Forger, mutate
from voting.trials.simulation import Shape, SimulatedElection, simulate


@pytest.fixture(scope="module")
def election() -> SimulatedElection:
    return simulate(Shape(voters=3))


def test_the_same_seed_makes_the_same_change(election: SimulatedElection) -> None:
    for seed in range(10):
        first, second = (mutate(election, seed) for _ in range(2))
        assert (first.change, first.forger, first.line) == (
            second.change,
            second.forger,
            second.line,
        )
        # Signatures that are made again have fresh randomness.
        assert first.file == second.file or first.forger is Forger.HOLDS_BOARD_KEY
    assert len({mutate(election, seed).file for seed in range(10)}) > 1


def test_every_mutation_changes_the_file_and_keeps_its_lines_canonical(
    election: SimulatedElection,
) -> None:
    for seed in range(40):
        mutation = mutate(election, seed)

        assert mutation.file != election.file
        for line in mutation.file.splitlines():
            canonical.decode(line)


def test_a_forger_who_mends_the_chain_leaves_no_gap(election: SimulatedElection) -> None:
    mutations = (mutate(election, seed) for seed in range(200))
    mended = [m for m in mutations if m.forger is Forger.HOLDS_BOARD_KEY][:5]

    assert mended
    for mutation in mended:
        assert mutation.change in COVERED_BY_PROOFS
        tip = Tip()
        for line in mutation.file.splitlines():
            event = Event.from_line(line)
            assert (event.seq, event.prev) == (tip.count, tip.hash)
            tip = Tip.after(event)
