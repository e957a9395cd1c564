"""A disk without room: one sentence, and no file that is half of what it should be."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from django.core.management import call_command

from accounts.models import User
from benchmarks.harness.ledger import Ledger
from biometrics.engine.whole_files import write_figure
from biometrics.training.matching.plots import new_figure
from facevote.serving import vendor
from tests.support.full_disk import ROOM, full_disk, refused
from tests.support.pictures import ALICE, jpeg


@pytest.fixture
def blank_engine(monkeypatch, scripted_engine):
    """Sees no face anywhere."""
    monkeypatch.setattr("biometrics.management.commands.recognize_faces.mark", lambda *_: ())


def noise(height=240, width=320):
    return np.random.default_rng(1).integers(0, 255, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize("old", [b"", b"the old one"])
def test_a_marked_picture_is_written_whole_or_not_at_all(tmp_path, db, blank_engine, old):
    picture, out = tmp_path / "p.png", tmp_path / "out.png"
    cv2.imwrite(str(picture), noise())
    out.write_bytes(old)

    words = refused("recognize_faces", str(picture), out=out)

    assert str(out) in words
    assert out.read_bytes() == old
    assert sorted(tmp_path.iterdir()) == [out, picture]


def test_a_marked_video_is_written_whole_or_not_at_all(tmp_path, db, blank_engine):
    video, out = tmp_path / "v.mp4", tmp_path / "out.mp4"
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"mp4v"), 10, (320, 240))
    for _ in range(5):
        writer.write(noise())
    writer.release()

    words = refused("recognize_faces", str(video), out=out)

    assert str(out) in words
    assert list(tmp_path.iterdir()) == [video]


def test_a_photo_without_room_is_told_and_leaves_nothing(
    tmp_path, db, settings, scripted_engine, capsys
):
    settings.PHOTOS_DIR = tmp_path / "photos"
    User.objects.create_user("alice")
    (tmp_path / "people" / "alice").mkdir(parents=True)
    (tmp_path / "people" / "alice" / "1.jpg").write_bytes(jpeg(ALICE))

    with pytest.raises(SystemExit) as stop, full_disk(500):
        call_command("encode_faces", str(tmp_path / "people"))

    assert stop.value.code == 1
    assert "alice/1.jpg: File too large" in capsys.readouterr().out
    assert not [path for path in settings.PHOTOS_DIR.rglob("*") if path.is_file()]


def test_a_plot_is_written_whole_or_not_at_all(tmp_path):
    figure, axes = new_figure()
    axes.plot([1, 2, 3])
    (tmp_path / "det.png").write_bytes(b"the old one")

    with pytest.raises(OSError, match="File too large"), full_disk():
        write_figure(tmp_path / "det.png", figure)

    assert (tmp_path / "det.png").read_bytes() == b"the old one"
    assert len(list(tmp_path.iterdir())) == 1


def test_the_browsers_libraries_are_laid_out_whole_or_not_at_all(tmp_path, capsys):
    modules = tmp_path / "node_modules"
    for name in (*vendor.PLACES, *vendor.NOTICES):
        (modules / name).parent.mkdir(parents=True, exist_ok=True)
        (modules / name).write_text("// " + "x" * ROOM)

    with full_disk():
        code = vendor.main([str(modules), str(tmp_path / "vendor")])

    assert code == 1
    assert "File too large" in capsys.readouterr().err
    assert not [path for path in (tmp_path / "vendor").rglob("*") if path.is_file()]


def test_a_ledger_without_room_keeps_what_it_had(tmp_path):
    ledger = Ledger(tmp_path / "kept.json", {"people": 1})
    ledger.note("print", 0, "accepted")
    before = (tmp_path / "kept.json").read_bytes()

    with pytest.raises(OSError, match="File too large"), full_disk():
        ledger.note("print", 1, "x" * ROOM)

    assert (tmp_path / "kept.json").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1
