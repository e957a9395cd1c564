"""First photos with the real networks, on films of people and of their pictures on screens."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest

from biometrics.engine.frame_message import FrameMessage
from biometrics.engine.pipeline import Engine
from biometrics.engine.session import Challenge, Policy, machine
from biometrics.engine.session.stages import Matching
from biometrics.self_enrolment.taking import judge_photos
from biometrics.verification import runner
from biometrics.verification.recording import Recording
from biometrics.verification.runner import KnownFace
from tests.biometrics.engine.clips import every_frame, scaled_jpeg

if TYPE_CHECKING:
    from pathlib import Path

    from biometrics.engine.session import State

pytestmark = [pytest.mark.shared_data, pytest.mark.slow]
POLICY = Policy(frames_needed=10, seconds=90, pad_required=True, challenge=Challenge.ALWAYS)
EVERY, FRAMES = 3, 60


@pytest.fixture(scope="module")
def engine(models_dir: Path) -> Engine:
    return Engine.load(models_dir)


@pytest.fixture(autouse=True)
def real_engine(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "engine", lambda: engine)


def play(film: Path) -> tuple[State, KnownFace, Recording]:
    """A face step without a reference before this film, until movements are asked for."""
    state, known = machine.begin(0.0, seed=b"s" * 32), KnownFace()
    recording = Recording(keeps_photos=True)
    for number, image in enumerate(islice(every_frame(film, every=EVERY), FRAMES), start=1):
        jpeg, before = scaled_jpeg(image), state
        message = FrameMessage(0, number, 100 * number, jpeg)
        state, _progress = runner.judge(message, before, known, now=number / 10, policy=POLICY)
        recording = recording.with_frame(jpeg, before=before, after=state)
        if state.verdict is not None or not isinstance(state.stage, Matching):
            break
    return state, known, recording


@pytest.mark.parametrize("film", ["person_b/bona_fide.mp4", "person_c/bona_fide.mp4"])
def test_a_person_is_asked_to_move_and_gives_usable_photos(
    shared_data: Path, engine: Engine, film: str
) -> None:
    state, known, recording = play(shared_data / "video" / film)

    assert not isinstance(state.stage, Matching)
    taken = judge_photos(engine, recording.photos)
    templates = [photo.template for photo in taken if photo.template is not None]
    assert len(templates) == 3
    assert engine.compare_fused(known.known(), templates).match
    assert engine.identify(engine.fuse(templates).template, {1: known.known()}) == 1


@pytest.mark.parametrize("film", ["person_a/replay_phone.webm", "person_b/replay_monitor.mp4"])
def test_a_screen_is_not_asked_to_move(shared_data: Path, film: str) -> None:
    state, _known, _recording = play(shared_data / "video" / film)

    assert state.attacks > 0
    assert isinstance(state.stage, Matching)
