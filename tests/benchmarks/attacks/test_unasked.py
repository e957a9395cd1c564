"""What moves without being asked, or not at all, is not let in."""

from __future__ import annotations

from benchmarks.attacks import unasked


def test_a_recorded_session_was_let_in_the_first_time():
    assert len(unasked.recorded(bytes(32))) > unasked.LOOKING


def test_stills_loops_films_and_replays_are_not_let_in():
    report = unasked.measure(trials=12, replays=60)

    assert {row["accepted"] for row in report.values()} == {0}
