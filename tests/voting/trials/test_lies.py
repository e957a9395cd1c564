"""No lie of a server, or of a trustee, passes; and nobody but the liar is found at fault."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from voting.trials import ballot_lies, lies
from voting.trials.ballot_lies import lie_about_ballots
from voting.trials.lies import lie_in_ceremony


@settings(max_examples=60)
@given(st.integers(0, 2**40))
def test_every_lie_in_a_ceremony_is_noticed_and_only_liars_are_accused(seed: int) -> None:
    outcome = lie_in_ceremony(seed)

    assert outcome.noticed
    assert outcome.accused == outcome.liar


@settings(max_examples=60)
@given(st.integers(0, 2000))
def test_every_lie_about_a_ballot_is_noticed(seed: int) -> None:
    assert lie_about_ballots(seed).noticed


def test_every_lie_is_told_about_every_message() -> None:
    told = {(lies.Step(o.step), o.lie) for o in map(lie_in_ceremony, range(200))}
    told_of_ballots = {(o.step, o.lie) for o in map(lie_about_ballots, range(200))}

    by_the_server = set(lies.Step) - {lies.Step.WRONG_SHARE, lies.Step.FALSE_COMPLAINT}
    assert told >= {(step, lie) for step in by_the_server for lie in lies.Lie}
    assert told_of_ballots == {(step, lie) for step in ballot_lies.Step for lie in lies.Lie}
