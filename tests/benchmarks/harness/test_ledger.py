"""The trials of an attack report are kept as they end, and a run that was broken off goes on."""

from __future__ import annotations

import pytest

from benchmarks.harness.ledger import ACCEPTED, Ledger

RUN = {"policy": "always", "people": 2}


def test_what_was_tried_is_known_after_a_break(tmp_path):
    first = Ledger(tmp_path / "kept.json", RUN)
    first.note("print", 0, "not_live")
    first.note("puppet", 0, ACCEPTED)

    again = Ledger(tmp_path / "kept.json", RUN)

    assert again.has("print", 0)
    assert not again.has("print", 1)
    assert again.row("puppet")["accepted"] == 1


def test_a_file_of_another_run_is_refused(tmp_path):
    Ledger(tmp_path / "kept.json", RUN).note("print", 0, "not_live")

    with pytest.raises(SystemExit, match="another run"):
        Ledger(tmp_path / "kept.json", {**RUN, "policy": "passive"})


def test_the_bound_is_exact_and_the_reasons_are_counted():
    ledger = Ledger(None, RUN)
    for number in range(300):
        ledger.note("print", number, "not_live" if number % 3 else "challenge_failed")

    row = ledger.row("print")

    assert row["tried"] == 300
    # Clopper-Pearson for none of 300: 1 - 0.025 ** (1 / 300).
    assert row["upper_95"] == pytest.approx(0.0122, abs=1e-4)
    assert row["refusals"] == {"challenge_failed": 100, "not_live": 200}
