from __future__ import annotations

from collections import Counter

from voting.crypto import group
from voting.crypto.board import heads
from voting.crypto.board.chain import BoardEventKind
from voting.crypto.trustees.terms import Ceremony
from voting.trials.ceremonies import hold_ceremony
from voting.trials.simulation import Shape, simulate


def test_an_election_has_the_events_of_its_shape() -> None:
    made = simulate(Shape(voters=4, threshold=2, trustees=3, revotes=2, spoils=1))

    kinds = Counter(event.kind for event in made.events)

    assert kinds[BoardEventKind.BALLOT] == 6
    assert kinds[BoardEventKind.SPOIL] == 1
    assert kinds[BoardEventKind.DECRYPTION] == 2
    assert made.result.counted == 4
    assert sum(made.result.counts[0] or ()) == 4


def test_the_seed_decides_the_selections() -> None:
    first, second = (simulate(Shape(voters=6, seed=3)) for _ in range(2))

    assert first.result.counts == second.result.counts
    assert first.manifest.fingerprint != second.manifest.fingerprint


def test_the_head_signs_the_whole_election() -> None:
    made = simulate(Shape(voters=1))

    assert heads.verify_head(made.head, made.board_key.public)
    assert made.head.count == len(made.events) - 1
    assert made.events[-1].prev == made.head.hash


def test_one_trustee_of_one_holds_the_whole_key() -> None:
    ceremony = hold_ceremony(Ceremony("small-election", 1, 1))

    assert ceremony.setup.public_key == group.base(ceremony.shares[0])


def test_all_that_can_happen_in_an_election_is_on_its_board() -> None:
    made = simulate(
        Shape(
            voters=4,
            registrars=2,
            witnesses=2,
            quorum=1,
            groups=True,
            least=4,
            waived=1,
            newcomers=1,
            overrides=2,
            extensions=1,
            revotes=1,
            spoils=1,
            forgets=True,
        )
    )

    kinds = Counter(event.kind for event in made.events)

    assert set(kinds) == set(BoardEventKind)
    assert kinds[BoardEventKind.ENDORSE] == 2
    assert made.result.counts[1] is None
    assert len(made.receipts) == kinds[BoardEventKind.BALLOT] == 5
