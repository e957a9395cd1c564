from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from voting.elections import rules
from voting.elections.checklist import contest_lacks
from voting.elections.rules import ContestShape
from voting.models import ContestKind, State, number_key

shapes = st.builds(
    ContestShape,
    title=st.just("T"),
    kind=st.sampled_from([kind.value for kind in ContestKind]),
    min=st.integers(0, 6),
    max=st.integers(0, 6),
    blank=st.booleans(),
    names=st.lists(st.text(min_size=1, max_size=3), max_size=6).map(tuple),
)
NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


@given(shapes)
def test_a_contest_that_lacks_nothing_has_limits_that_its_choices_can_meet(contest):
    lacks = contest_lacks(contest)
    limits = rules.limits(contest)

    if not lacks:
        assert 0 <= limits.min <= limits.max <= len(contest.names)
        assert limits.max >= 1


@given(st.sampled_from(list(State)), st.sampled_from(list(State)))
def test_an_election_never_goes_back(current, following):
    order = list(State)

    if rules.may_step(current, following):
        assert order.index(following) == order.index(current) + 1


@given(st.integers(0, 10_000))
def test_more_failures_never_shorten_the_wait(failures):
    wait = rules.wait_after(failures)

    assert wait <= rules.wait_after(failures + 1) <= rules.LONGEST_WAIT


@given(st.sampled_from(list(State)), st.integers(-3, 3))
def test_ballots_are_taken_only_while_open_and_before_the_closing_second(state, seconds):
    closes = NOON + dt.timedelta(seconds=seconds)

    taking = rules.is_taking_ballots(state, closes, NOON)

    assert taking == (state == State.OPEN and seconds > 0)


@given(st.text(max_size=20))
def test_voter_numbers_that_look_alike_have_one_key(number):
    key = number_key(number)

    assert number_key(f" {number} ") == key
    assert number_key(number.upper()) == number_key(number.upper().casefold())
