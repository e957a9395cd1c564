"""The engine that settings.ENGINE names, loaded once a thread: its networks cannot be shared."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from biometrics.engine.pipeline import Engine

_loaded = threading.local()


def engine() -> Engine:
    """The calling thread's engine; raises ArtifactRefused for a model file unlike its card."""
    wanted = (settings.ENGINE, str(settings.MODELS_DIR), settings.ENCODER, settings.PAD_ENABLED)
    if getattr(_loaded, "wanted", None) != wanted:
        _loaded.engine = load_engine()
        _loaded.wanted = wanted
    loaded: Engine = _loaded.engine
    return loaded


def load_engine(encoder: str = "") -> Engine:
    """A new engine, for the encoder that the settings name unless another is asked for."""
    loader = import_string(settings.ENGINE)
    loaded: Engine = loader.load(
        settings.MODELS_DIR, encoder=encoder or settings.ENCODER or None, pad=settings.PAD_ENABLED
    )
    return loaded
