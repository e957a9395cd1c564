"""A scripted engine so slow that a worker can be killed in the middle of a photo."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from tests.support.scripted_engine import ScriptedEngine

if TYPE_CHECKING:
    from biometrics.engine.types import EnrolmentSample


class SlowScriptedEngine(ScriptedEngine):
    def enrol(self, photo: bytes) -> EnrolmentSample:
        time.sleep(float(os.environ.get("SLOW_ENGINE_SECONDS", "0")))
        return super().enrol(photo)
