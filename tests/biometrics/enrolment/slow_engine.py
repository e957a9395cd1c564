"""The scripted engine, slow enough to be killed in the middle of a photo."""

from __future__ import annotations

import os
import time

from tests.support.scripted_engine import ScriptedEngine


class SlowScriptedEngine(ScriptedEngine):
    def enrol(self, photo):
        time.sleep(float(os.environ.get("SLOW_ENGINE_SECONDS", "0")))
        return super().enrol(photo)
