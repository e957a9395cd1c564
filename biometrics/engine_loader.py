"""Loads the engine that settings.ENGINE names, once in each thread.

Threads cannot share an engine, because its networks hold state.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from biometrics.engine.pipeline import Engine

_loaded = threading.local()


def engine() -> Engine:
    """Return the engine of the calling thread.

    It is loaded again if a setting has changed. Raises ArtifactRefused if a model file is missing
    or is not the one on its card.
    """
    chosen = (settings.ENGINE, str(settings.MODELS_DIR), settings.ENCODER, settings.PAD_ENABLED)
    if getattr(_loaded, "settings", None) != chosen:
        _loaded.engine = load_engine()
        _loaded.settings = chosen
    loaded: Engine = _loaded.engine
    return loaded


def load_engine(encoder: str = "") -> Engine:
    """Load a new engine, with the encoder of the settings unless another one is named.

    Raises ArtifactRefused as `engine` does, and if there is no such encoder.
    """
    loader = import_string(settings.ENGINE)
    loaded: Engine = loader.load(
        settings.MODELS_DIR, encoder=encoder or settings.ENCODER or None, pad=settings.PAD_ENABLED
    )
    return loaded
