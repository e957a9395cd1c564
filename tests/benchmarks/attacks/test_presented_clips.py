from __future__ import annotations

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from benchmarks.attacks.presented_clips import Presented
from benchmarks.harness.labelled_clips import Clip, read_clips, stills_of
from biometrics.engine.images import decode_frame


def test_a_clip_goes_on_forwards_and_backwards_and_no_frame_follows_itself():
    frames = [np.full((160, 160, 3), 40 * number, np.uint8) for number in range(4)]
    player = Presented(frames)

    shown = [player.frame({}) for _ in range(9)]

    levels = [round(float(decode_frame(jpeg).mean()) / 40) for jpeg in shown]
    assert levels == [0, 1, 2, 3, 2, 1, 0, 1, 2]
    assert not player.was_asked


def test_who_is_asked_for_movements_once_was_asked():
    player = Presented([np.zeros((160, 160, 3), np.uint8)])

    player.frame({"challenge": {"kind": "turn_left"}})
    player.frame({})

    assert player.was_asked


def test_people_are_enrolled_with_their_first_session_in_controlled_light(tmp_path):
    (tmp_path / "labels.csv").write_text(
        "file,label,subject,presentation,light\n"
        "a.jpg,bona_fide,ann,1,adverse\n"
        "b.jpg,bona_fide,ann,2,controlled\n"
        "c.jpg,bona_fide,ann,2,controlled\n"
        "d.jpg,bona_fide,ann,3,controlled\n"
        "e.jpg,attack,ann,0,controlled\n"
    )

    assert stills_of(tmp_path) == {"ann": [tmp_path / "b.jpg", tmp_path / "c.jpg"]}


def test_the_list_of_clips_says_who_attacks(tmp_path):
    (tmp_path / "clips.csv").write_text(
        "file,label,attack_type,subject,support\na.mp4,bona_fide,,ann,\nb.mp4,attack,print,ann,hand\n"
    )

    honest, attack = read_clips(tmp_path)

    assert honest.bona_fide
    assert not attack.bona_fide
    assert attack.row["support"] == "hand"


def test_a_file_that_is_no_clip_has_no_pace(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"no clip")

    with pytest.raises(ValueError, match=r"a\.mp4"):
        Clip(tmp_path / "a.mp4", bona_fide=True, row={}).frames_per_second()


def test_a_folder_without_a_list_of_clips_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"clips\.csv"):
        call_command("attack_report", tmp_path, clips=tmp_path)
