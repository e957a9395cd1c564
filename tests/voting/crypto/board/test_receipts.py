from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from voting.crypto import canonical
from voting.crypto.board import heads
from voting.crypto.board.chain import BoardEventKind, ChainBroken, Tip
from voting.crypto.board.receipts import Receipt, holds_receipt, sign_receipt

if TYPE_CHECKING:
    from voting.trials.simulation import SimulatedElection


def test_a_receipt_is_the_ballots_event_and_a_head_that_ends_in_it(
    election: SimulatedElection,
) -> None:
    receipt = Receipt.from_json(election.receipts[0].to_json())

    assert receipt.event in election.events
    assert holds_receipt(receipt, election.manifest, receipt.event.body["tracker"])


def test_a_receipt_of_another_ballot_place_or_key_does_not_hold(
    election: SimulatedElection,
) -> None:
    first, second = election.receipts[:2]
    tracker = first.event.body["tracker"]
    fingerprint = election.manifest.fingerprint
    spoil = Tip.after(first.event).then(BoardEventKind.SPOIL, {"tracker": tracker}, first.head.hour)
    for other in (
        second,
        replace(first, head=second.head),
        replace(first, event=second.event),
        sign_receipt(heads.new_board_key(), fingerprint, first.event),
        sign_receipt(election.board_key, "0" * 64, first.event),
        sign_receipt(election.board_key, fingerprint, spoil),
    ):
        assert not holds_receipt(other, election.manifest, tracker)


def test_a_receipt_that_is_not_in_its_form_is_refused(election: SimulatedElection) -> None:
    value = election.receipts[0].to_dict()

    changes: tuple[dict[str, object], ...] = (
        {"format": "facevote-receipt-1"},
        {"more": 1},
        {"event": {}},
        {"head": None},
        {"event": value["event"] | {"hour": "x"}},
    )
    for change in changes:
        with pytest.raises(ChainBroken):
            Receipt.from_json(canonical.encode(value | change))
