from __future__ import annotations

from dataclasses import replace

from biometrics.models import PhotoReason
from biometrics.self_enrolment.taking import judge_photos
from tests.support.pictures import ALICE, jpeg
from tests.support.scripted_engine import ScriptedEngine


class AmongSeveral(ScriptedEngine):
    """In every photo other faces are nearly as large as the one that is taken."""

    def enrol(self, photo):
        return replace(super().enrol(photo), chosen_among_several=True)


def test_nobody_enrols_a_face_out_of_several():
    (alone,) = judge_photos(ScriptedEngine(), [jpeg(ALICE)])
    (crowd,) = judge_photos(AmongSeveral(), [jpeg(ALICE)])

    assert alone.template is not None
    assert crowd.template is None
    assert crowd.reason is PhotoReason.SEVERAL_FACES
