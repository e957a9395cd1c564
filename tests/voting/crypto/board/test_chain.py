from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from voting.crypto import canonical
from voting.crypto.board.chain import MAX_LINE, BoardEventKind, ChainBroken, Event, Tip

if TYPE_CHECKING:
    from voting.trials.simulation import SimulatedElection

HOUR = "2026-01-02T09:00Z"
EVENT = Tip().then(BoardEventKind.SPOIL, {"tracker": "ab" * 32}, HOUR).to_dict()


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


@pytest.mark.parametrize(
    "change",
    [
        {"seq": -1},
        {"seq": True},
        {"seq": "0"},
        {"prev": "0"},
        {"prev": None},
        {"kind": "other"},
        {"kind": []},
        {"hour": "2026-01-02T09:30Z"},
        {"hour": "2026-02-30T09:00Z"},
        {"hour": "someday"},
        {"body": []},
        {"body": None},
        {"more": 1},
    ],
)
def test_an_event_that_is_not_in_its_form_is_refused(change: dict[str, Any]) -> None:
    assert Event.from_dict(EVENT)
    with pytest.raises(ChainBroken):
        Event.from_line(canonical.encode(EVENT | change))


def test_only_lines_with_a_roll_may_be_long() -> None:
    body = {"x": "y" * MAX_LINE}

    assert Event.from_line(canonical.encode(EVENT | {"kind": "roll", "body": body}))
    with pytest.raises(ChainBroken):
        Event.from_line(canonical.encode(EVENT | {"kind": "spoil", "body": body}))
