"""Every command of docs/tutorial.md is run in its order, on films made of public-domain faces."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys

import pytest

from biometrics.engine.pad.texture import TexturePad
from tests.support.club import write_clip
from tests.support.places import BASE

TUTORIAL = (BASE / "docs" / "tutorial.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^ +python (manage\.py .+)$", TUTORIAL, re.MULTILINE)
MEMBERS = {"anna": "obama", "bob": "biden"}


def test_the_tutorial_has_fifteen_steps_in_their_order():
    steps = re.findall(r"^(\d+)\. \*\*", TUTORIAL, re.MULTILINE)

    assert [int(step) for step in steps] == list(range(1, 16))
    assert len(COMMANDS) == 10


@pytest.fixture
def club(tmp_path, portraits, published_weights):
    """The films and photos of two members, and the published weights where training looks."""
    films = tmp_path / "club" / "films"
    films.mkdir(parents=True)
    (tmp_path / "club" / "work").mkdir()
    weights = (published_weights / "published.onnx").read_bytes()
    (tmp_path / "club" / "work" / "published.onnx").write_bytes(weights)
    for member, person in MEMBERS.items():
        photo = portraits[person][0]
        write_clip(films / f"{member}.mp4", photo, on_a_screen=False)
        write_clip(films / f"{member}-screen.mp4", photo, on_a_screen=True)
        own = tmp_path / "club" / "people" / member
        own.mkdir(parents=True)
        (own / photo.name).write_bytes(photo.read())
    return tmp_path / "club"


@pytest.mark.slow
def test_every_command_of_the_tutorial_works(club):
    pytest.importorskip("tensorflow", reason="TensorFlow comes with the group `train`.")
    environment = {**os.environ, "DATA_DIR": str(club / "data")}
    environment.pop("DATABASE_URL", None)
    told = {}

    for command in COMMANDS:
        # The commands are typed in the clone; the club's folder lies elsewhere here.
        words = [
            str(club.parent / word) if word.startswith("club/") else word
            for word in shlex.split(command)
        ]
        done = subprocess.run(
            [sys.executable, *words],
            cwd=BASE,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr[-2000:]}"
        told[words[1]] = done.stdout

    card = json.loads((club / "models" / "liveness.json").read_text())
    assert 0 < TexturePad.load(club / "models").threshold < 1
    assert card["report"]["data"] == "cross-validation over 2 people"
    assert card["report"]["bpcer"]["trials"] > 2
    assert "1 more person" in card["report"]["worth"]
    assert "on cross-validation over 2 people (2 people with real" in told["train_liveness"]
    assert "2 usable, 0 refused" in told["encode_faces"]
    assert "anna: match in" in told["recognize_faces"]
    assert (club / "marked.mp4").stat().st_size > 0
