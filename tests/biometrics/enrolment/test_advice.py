from __future__ import annotations

import pytest

from biometrics.engine.types import Hint
from biometrics.enrolment.advice import ADVICE, REASON_FOR_HINT
from biometrics.models import PhotoReason


@pytest.mark.parametrize("hint", [hint for hint in Hint if hint is not Hint.NONE])
def test_every_hint_is_a_reason_to_refuse_a_photo(hint):
    assert hint in REASON_FOR_HINT


@pytest.mark.parametrize("reason", PhotoReason)
def test_every_refused_photo_comes_with_advice(reason):
    assert ADVICE[reason]
