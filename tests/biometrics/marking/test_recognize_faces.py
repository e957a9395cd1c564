"""recognize_faces: what it refuses by name, and that an old output survives a failure."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from django.core.management import CommandError, call_command

from biometrics.marking.files import open_video
from biometrics.training.liveness.samples import frames_of
from tests.support.pictures import ALICE, jpeg


@pytest.mark.parametrize(
    ("voter", "told"),
    [("nobody", "there is no voter named nobody"), ("alice", "alice is not enrolled")],
)
def test_a_comparison_needs_an_enrolled_voter(tmp_path, alice, voter, told):
    picture = tmp_path / "p.jpg"
    picture.write_bytes(jpeg(ALICE))

    with pytest.raises(CommandError, match=told) as refusal:
        call_command("recognize_faces", str(picture), voter=voter)

    assert refusal.value.returncode == 2


@pytest.mark.parametrize("name", ["missing.jpg", "missing.mp4", "text.jpg", "text.mp4"])
def test_media_that_cannot_be_read_are_named_and_nothing_is_written(tmp_path, db, name):
    if name.startswith("text"):
        (tmp_path / name).write_text("hello")
    out = tmp_path / ("out.png" if name.endswith("jpg") else "out.mp4")

    with pytest.raises(CommandError, match=name) as refusal:
        call_command("recognize_faces", str(tmp_path / name), out=out)

    assert refusal.value.returncode == 2
    assert not out.exists()
    assert not list(tmp_path.glob(".*"))


def test_an_output_folder_that_is_missing_is_named(tmp_path, db, blank_engine):
    picture = tmp_path / "p.jpg"
    picture.write_bytes(jpeg(ALICE))

    with pytest.raises(CommandError, match="no such folder"):
        call_command("recognize_faces", str(picture), out=tmp_path / "nowhere" / "out.jpg")


@pytest.mark.parametrize("out", ["x.txt", "x", "x.mp4", "folder"])
def test_an_output_that_does_not_fit_a_picture_is_refused_before_any_work(
    tmp_path, db, out, monkeypatch
):
    monkeypatch.setattr("biometrics.management.commands.recognize_faces.engine", None)
    (tmp_path / "folder").mkdir()

    with pytest.raises(CommandError, match=r"is a folder|written to a file with \.jpeg") as refusal:
        call_command("recognize_faces", str(tmp_path / "p.jpg"), out=tmp_path / out)

    assert refusal.value.returncode == 2


@pytest.mark.parametrize("command", ["recognize_faces", "try_liveness"])
@pytest.mark.parametrize("out", ["x.jpg", "x", "x.avi"])
def test_an_output_that_does_not_fit_a_film_is_refused_before_any_work(
    tmp_path, db, command, out, monkeypatch
):
    monkeypatch.setattr(f"biometrics.management.commands.{command}.engine", None)

    with pytest.raises(CommandError, match=r"a film is written to a file with \.mp4") as refusal:
        call_command(command, str(tmp_path / "v.mp4"), out=tmp_path / out)

    assert refusal.value.returncode == 2


def test_a_film_whose_name_has_a_colon_is_read(tmp_path, db, blank_engine, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    name = "clip-2024-01-01T12:30:45.mp4"
    write_video(tmp_path / "v.mp4", frames=3)
    (tmp_path / "v.mp4").rename(tmp_path / name)

    call_command("recognize_faces", name, out=Path("12:30.mp4"))

    assert "3 frames" in capsys.readouterr().out
    assert (tmp_path / "12:30.mp4").stat().st_size > 0


def test_a_film_with_wide_pixels_is_stretched_as_players_do(tmp_path, monkeypatch):
    write_video(tmp_path / "v.mp4", frames=2)
    wide = {cv2.CAP_PROP_SAR_NUM: 2.0, cv2.CAP_PROP_SAR_DEN: 1.0}
    plain = cv2.VideoCapture

    class Anamorphic:
        """OpenCV writes no film of this kind, so only what its header says is replaced."""

        def __init__(self, source):
            self.film = plain(source)

        def get(self, prop):
            return wide.get(prop, self.film.get(prop))

        def __getattr__(self, name):
            return getattr(self.film, name)

    monkeypatch.setattr("cv2.VideoCapture", Anamorphic)

    with open_video(tmp_path / "v.mp4") as frames:
        shapes = {frame.shape for frame in frames}
    (image, *_rest) = frames_of(tmp_path / "v.mp4")

    assert shapes == {(240, 640, 3)}
    assert image.shape == (240, 640, 3)


def test_a_video_stopped_in_the_middle_leaves_the_old_output(tmp_path, db, monkeypatch):
    video = tmp_path / "v.mp4"
    write_video(video, frames=5)
    out = tmp_path / "out.mp4"
    out.write_bytes(b"the old one")
    monkeypatch.setattr("biometrics.management.commands.recognize_faces.mark", interrupt)

    with pytest.raises(KeyboardInterrupt):
        call_command("recognize_faces", str(video), out=out)

    assert out.read_bytes() == b"the old one"
    assert not list(tmp_path.glob(".*"))


def test_a_video_is_marked_frame_by_frame(tmp_path, db, blank_engine, capsys):
    video = tmp_path / "v.mp4"
    write_video(video, frames=5)

    call_command("recognize_faces", str(video), out=tmp_path / "out.mp4")

    assert "5 frames, 0 with a face" in capsys.readouterr().out
    assert (tmp_path / "out.mp4").stat().st_size > 0


@pytest.fixture
def blank_engine(monkeypatch):
    """Sees no face anywhere."""
    monkeypatch.setattr(
        "biometrics.management.commands.recognize_faces.mark", lambda *_arguments: ()
    )


def interrupt(*_arguments):
    raise KeyboardInterrupt


def write_video(path, *, frames):
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, (320, 240))
    for _ in range(frames):
        writer.write(np.full((240, 320, 3), 90, np.uint8))
    writer.release()
