from __future__ import annotations

import json
from dataclasses import replace

import pytest

from voting.crypto import canonical
from voting.crypto.board.chain import BoardEventKind, ChainBroken, Tip
from voting.crypto.board.witnesses import (
    WitnessStatement,
    has_quorum,
    sign_statement,
    statement_from_body,
    verify_statement,
    witness_event,
)
from voting.trials.simulation import Shape, SimulatedElection, simulate


@pytest.fixture(scope="module")
def watched() -> SimulatedElection:
    return simulate(Shape(voters=2, witnesses=3, quorum=2))


def test_a_statement_is_one_witnesss_for_one_place_of_one_election(
    watched: SimulatedElection,
) -> None:
    statement = WitnessStatement.from_json(watched.statements[0].to_json())

    assert verify_statement(statement, watched.manifest)
    for change in (
        {"election": "0" * 64},
        {"witness": 2},
        {"witness": 4},
        {"count": statement.count + 1},
        {"hash": "0" * 64},
        {"hour": "2026-01-02T10:00Z"},
    ):
        assert not verify_statement(replace(statement, **change), watched.manifest)


def test_a_statement_stands_on_the_board_as_an_event(watched: SimulatedElection) -> None:
    statement = watched.statements[0]

    event = witness_event(statement, Tip(), statement.hour)

    assert event.kind is BoardEventKind.WITNESS
    assert statement_from_body(event.body, statement.election) == statement


@pytest.mark.parametrize(
    "change",
    [
        {"witness": 0},
        {"witness": 21},
        {"witness": True},
        {"count": 0},
        {"count": 1.5},
        {"hash": "x"},
        {"hour": "x"},
        {"election": 1},
        {"signature": ["0"]},
        {"format": "facevote-head-2"},
        {"more": 1},
    ],
)
def test_a_statement_that_is_not_in_its_form_is_refused(
    watched: SimulatedElection, change: dict[str, object]
) -> None:
    value = canonical.decode(watched.statements[0].to_json()) | change

    with pytest.raises(ChainBroken):
        WitnessStatement.from_json(
            json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
        )


def test_the_quorum_is_of_different_witnesses_who_saw_the_close(
    watched: SimulatedElection,
) -> None:
    manifest, secrets = watched.manifest, [witness.secret for witness in watched.witnesses]

    def said(witness: int, count: int) -> WitnessStatement:
        tip = Tip(count, "ab" * 32)
        return sign_statement(
            secrets[witness - 1], witness, manifest.fingerprint, tip, "2026-01-02T09:00Z"
        )

    assert has_quorum(manifest, 7, [said(1, 8), said(2, 9)])
    assert not has_quorum(manifest, 7, [said(1, 8), said(2, 7)])
    assert not has_quorum(manifest, 7, [said(1, 8), said(1, 9)])
    assert not has_quorum(manifest, 7, [])
