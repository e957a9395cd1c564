"""The attack kit plays a real server; what it needs and what it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def test_a_folder_without_faces_is_named(tmp_path):
    with pytest.raises(CommandError, match="faces/lfw"):
        call_command("attack_report", tmp_path)


@pytest.mark.slow
def test_prints_of_real_people_are_played_and_counted(capsys):
    if not DATA.is_dir():
        pytest.skip("needs the research data in ../shared/data")

    call_command(
        "attack_report", DATA, trials=2, people=2, kinds=["print"], policy="passive", json=True
    )

    report = json.loads(capsys.readouterr().out)
    row = report["kinds"]["print"]
    assert row["tried"] == 2
    assert row["simulated"] is True
    assert row["accepted"] + sum(row["refusals"].values()) == 2
    assert row["upper_95"] > 0.5
