"""The attack kit plays a real server; what it needs and what it says."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from tests.support.still_films import film, jpeg


def test_a_folder_without_faces_is_named(tmp_path):
    with pytest.raises(CommandError, match="faces/lfw"):
        call_command("attack_report", tmp_path)


@pytest.mark.slow
def test_prints_of_real_people_are_played_and_counted(portraits, tmp_path, capsys):
    for person, photos in portraits.items():
        folder = tmp_path / "faces" / "lfw" / person
        folder.mkdir(parents=True)
        for number, image in enumerate(film(photos[0], 6)):
            (folder / f"{number}.jpg").write_bytes(jpeg(image))

    call_command(
        "attack_report", tmp_path, trials=2, people=2, kinds=["print"], policy="passive", json=True
    )

    report = json.loads(capsys.readouterr().out)
    row = report["kinds"]["print"]
    assert row["tried"] == 2
    assert row["simulated"] is True
    assert row["accepted"] + sum(row["refusals"].values()) == 2
    assert row["upper_95"] > 0.5
