"""Rules without a database: what a contest allows, when an election is open, what it lacks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from voting.models import ContestKind, State

if TYPE_CHECKING:
    from collections.abc import Sequence

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


@dataclass(frozen=True, slots=True)
class ElectionShape:
    """The facts about an election that the checklist needs."""

    contests: tuple[ContestShape, ...]
    voters: int
    voters_without_account: int
    asks_date_of_birth: bool
    voters_without_birth: int
    trustees: int
    threshold: int
    trustees_ready: int
    server_key: bool
    closes_at: dt.datetime | None


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


def missing(election: ElectionShape, now: dt.datetime) -> list[str]:
    """A sentence for each reason why the election can not be frozen; empty if it can."""
    reasons = [sentence for contest in election.contests for sentence in _contest_lacks(contest)]
    if not election.contests:
        reasons.append(_("There is no contest."))
    reasons += _roll_lacks(election)
    if election.closes_at is not None and election.closes_at <= now:
        reasons.append(_("The time of closing has passed."))
    if not election.server_key:
        reasons += _trustees_lack(election)
    return reasons


def _contest_lacks(contest: ContestShape) -> list[str]:
    reasons = []
    title = contest.title
    allowed = limits(contest)
    if len(contest.names) < 2 and contest.kind != ContestKind.APPROVAL:
        reasons.append(_("“%(title)s” has fewer than two choices.") % {"title": title})
    elif not contest.names:
        reasons.append(_("“%(title)s” has no choices.") % {"title": title})
    elif allowed.max > len(contest.names) or allowed.max < 1 or allowed.min > allowed.max:
        reasons.append(
            _("“%(title)s”: the numbers of selections do not fit the choices.") % {"title": title}
        )
    if _repeated([name.casefold() for name in contest.names]):
        reasons.append(_("“%(title)s” has two choices of one name.") % {"title": title})
    return reasons


def _roll_lacks(election: ElectionShape) -> list[str]:
    reasons = []
    if not election.voters:
        reasons.append(_("The voter roll is empty."))
    if election.voters_without_account:
        reasons.append(
            _("%(count)d voters on the roll have no account.")
            % {"count": election.voters_without_account}
        )
    if election.asks_date_of_birth and election.voters_without_birth:
        reasons.append(
            _("%(count)d voters on the roll have no date of birth, but it is asked for.")
            % {"count": election.voters_without_birth}
        )
    return reasons


def _trustees_lack(election: ElectionShape) -> list[str]:
    if election.trustees < 2:
        return [_("There are fewer than two trustees.")]
    if election.threshold > election.trustees:
        return [_("More trustees are needed for the count than there are.")]
    if election.trustees_ready < election.trustees:
        waiting = election.trustees - election.trustees_ready
        return [_("%(count)d trustees have not finished their keys.") % {"count": waiting}]
    return []


def _repeated(values: Sequence[str]) -> bool:
    return len(set(values)) != len(values)
