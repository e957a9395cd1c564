from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.voting.crypto.elections import ROLL
from voting.crypto import chain
from voting.crypto.chain import BoardEventKind, ChainBroken, Event, SignedHead, Tip
from voting.crypto.roll import RollEntry, RollInvalidError, roll_from_list, roll_hash, roll_to_list

if TYPE_CHECKING:
    from voting.trials.simulation import SimulatedElection

HOUR = "2026-01-02T09:00Z"


def test_each_event_continues_the_one_before(election: SimulatedElection) -> None:
    tip = Tip()

    for event in election.events:
        assert (event.seq, event.prev) == (tip.count, tip.hash)
        assert Event.from_line(event.line) == event
        tip = Tip.after(event)

    assert tip.count == len(election.events)


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b'{"seq":0}', b"\xff", b"null"])
def test_what_is_no_event_is_refused(line: bytes) -> None:
    with pytest.raises(ChainBroken):
        Event.from_line(line)


def test_a_head_signs_one_election_place_hash_and_hour() -> None:
    key = chain.new_board_key()
    head = chain.sign_head(key, "ab" * 32, Tip(5, "cd" * 32), HOUR)

    assert chain.verify_head(SignedHead.from_json(head.to_json()), key.public)
    for change in ({"election": "0" * 64}, {"count": 6}, {"hash": "0" * 64}, {"hour": "x"}):
        assert not chain.verify_head(replace(head, **change), key.public)
    assert not chain.verify_head(head, chain.new_board_key().public)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"signature":[]}'])
def test_what_is_no_head_is_refused(data: bytes) -> None:
    with pytest.raises(ChainBroken):
        SignedHead.from_json(data)


def test_a_head_event_signs_all_before_it() -> None:
    key = chain.new_board_key()
    opened = Tip().then(BoardEventKind.OPEN, {}, HOUR)

    event = chain.head_event(key, "ab" * 32, Tip.after(opened), HOUR)

    assert (event.seq, event.prev) == (1, opened.hash)


def test_the_board_knows_the_hour_and_no_more() -> None:
    zone = dt.timezone(dt.timedelta(hours=2))
    moment = dt.datetime(2026, 1, 2, 0, 59, 59, 999, tzinfo=zone)

    assert chain.hour_of(moment) == "2026-01-01T22:00Z"


def test_a_roll_has_one_order_and_one_hash() -> None:
    assert roll_hash(reversed(ROLL)) == roll_hash(ROLL)
    assert roll_from_list(roll_to_list(ROLL)) == ROLL
    assert roll_hash((*ROLL, RollEntry("voter-3"))) != roll_hash(ROLL)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [["voter-2", ""], ["voter-1", ""]],
        [["voter-1", ""], ["voter-1", ""]],
        [["Voter", ""]],
        [["voter-1"]],
        [["voter-1", 1]],
        [["voter-1", "e\u0301"]],
        [["voter-1", "x" * 201]],
    ],
)
def test_a_roll_that_is_not_in_its_form_is_refused(value: object) -> None:
    with pytest.raises(RollInvalidError):
        roll_from_list(value)


def test_a_changed_roll_has_the_hash_of_what_it_became() -> None:
    added = RollEntry("voter-3", "Three")

    changed, new_hash = chain.changed_roll(ROLL, [added], ["voter-1"])

    assert changed == (ROLL[1], added)
    assert new_hash == roll_hash(changed)
