from __future__ import annotations

from dataclasses import replace

import pytest

from voting.crypto import canonical
from voting.crypto.board import heads
from voting.crypto.board.chain import BoardEventKind, ChainBroken, Tip
from voting.crypto.board.heads import SignedHead

HOUR = "2026-01-02T09:00Z"
KEY = heads.new_board_key()
HEAD = heads.sign_head(KEY, "ab" * 32, Tip(5, "cd" * 32), HOUR)


def test_a_head_signs_one_election_place_hash_and_hour() -> None:
    assert heads.verify_head(SignedHead.from_json(HEAD.to_json()), KEY.public)
    for change in ({"election": "0" * 64}, {"count": 6}, {"hash": "0" * 64}, {"hour": "x"}):
        assert not heads.verify_head(replace(HEAD, **change), KEY.public)
    assert not heads.verify_head(HEAD, heads.new_board_key().public)


@pytest.mark.parametrize(
    "change",
    [
        {"count": -1},
        {"count": 0},
        {"count": True},
        {"count": "5"},
        {"hash": "x"},
        {"election": None},
        {"hour": "x"},
        {"signature": []},
        {"format": "facevote-head-1"},
        {"more": 1},
    ],
)
def test_a_head_that_is_not_in_its_form_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ChainBroken):
        SignedHead.from_json(canonical.encode(HEAD.to_dict() | change))


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"signature":[]}', b"[" * 100_000])
def test_what_is_no_head_is_refused(data: bytes) -> None:
    with pytest.raises(ChainBroken):
        SignedHead.from_json(data)


def test_a_head_event_signs_all_before_it() -> None:
    opened = Tip().then(BoardEventKind.OPEN, {}, HOUR)

    event = heads.head_event(KEY, "ab" * 32, Tip.after(opened), HOUR)

    assert (event.seq, event.prev) == (1, opened.hash)
