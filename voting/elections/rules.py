"""Rules without a database: what a contest allows, when an election is open, what it lacks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from voting.models import ContestKind, State

FREE_FAILURES = 3
LONGEST_WAIT = dt.timedelta(minutes=15)
NEXT_STATE = {
    State.DRAFT: State.FROZEN,
    State.FROZEN: State.OPEN,
    State.OPEN: State.CLOSED,
    State.CLOSED: State.COUNTED,
    State.COUNTED: State.RELEASED,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How many selections a ballot may have in one contest, and whether it may be blank."""

    min: int
    max: int
    blank: bool


@dataclass(frozen=True, slots=True)
class ContestShape:
    """The facts about a contest that the rules need."""

    title: str
    kind: str
    min: int
    max: int
    blank: bool
    names: tuple[str, ...]
    # In each language, name and party of each choice.
    labels: tuple[tuple[tuple[str, str], ...], ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ElectionShape:
    """The facts about an election that the checklist needs."""

    contests: tuple[ContestShape, ...]
    # Language and text of each text that no manifest can hold; empty where one is missing.
    flawed_texts: tuple[tuple[str, str], ...]
    voters: int
    voters_without_account: int
    asks_date_of_birth: bool
    voters_without_birth: int
    voters_by_district: tuple[tuple[str, int], ...]
    trustees: int
    threshold: int
    trustees_ready: int
    at_fault: tuple[str, ...]
    server_key: bool
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None
    witnesses: int
    witness_quorum: int
    registrars_without_file: tuple[str, ...]
    registrars_in_order: bool
    voters_without_points: int


def limits(contest: ContestShape) -> Limits:
    """The limits that follow from the kind of contest; some kinds ignore the official's numbers."""
    match contest.kind:
        case ContestKind.ONE | ContestKind.YES_NO:
            return Limits(1, 1, contest.blank and contest.kind == ContestKind.ONE)
        case ContestKind.APPROVAL:
            return Limits(min(contest.min, 1), len(contest.names), contest.blank)
        case _:
            return Limits(contest.min, contest.max, contest.blank)


def may_step(current: str, next_state: str) -> bool:
    return NEXT_STATE.get(State(current)) == next_state


def is_taking_ballots(state: str, closes_at: dt.datetime | None, now: dt.datetime) -> bool:
    """False from the closing time on, even if the clock task has not closed the election yet."""
    return state == State.OPEN and (closes_at is None or now < closes_at)


def is_due_to_open(state: str, opens_at: dt.datetime | None, now: dt.datetime) -> bool:
    return state == State.FROZEN and opens_at is not None and now >= opens_at


def is_due_to_close(state: str, closes_at: dt.datetime | None, now: dt.datetime) -> bool:
    return state == State.OPEN and closes_at is not None and now >= closes_at


def wait_after(failures: int) -> dt.timedelta:
    """How long to wait after so many failures: nothing for two, then 30 s, doubled up to 15 min."""
    if failures < FREE_FAILURES:
        return dt.timedelta(0)
    # Capped, so that the number stays small however many failures there are.
    doublings = min(failures - FREE_FAILURES, 10)
    return min(dt.timedelta(seconds=30 * 2**doublings), LONGEST_WAIT)
