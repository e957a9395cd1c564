"""A site whose model files are not those of their cards does not start."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from biometrics.engine.artifacts import load_artifact
from biometrics.engine.detection import ARTIFACT as DETECTION
from biometrics.engine.encoding import read_choice
from biometrics.engine.errors import ArtifactRefused
from biometrics.engine.landmarks import ARTIFACT as MESH
from biometrics.engine.pad.texture import ARTIFACT as LIVENESS


@register(Tags.security)
def check_models(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Hashes only: loading the networks takes longer than a command may."""
    try:
        choice = read_choice(settings.MODELS_DIR, settings.ENCODER or None)
    except (ArtifactRefused, KeyError) as error:
        return [Error(f"ENCODER or MODELS_DIR: {error}", id="biometrics.E001")]
    wanted = [DETECTION, MESH, *choice.networks]
    if settings.PAD_ENABLED:
        wanted.append(LIVENESS)
    return [error for name in wanted for error in _check(name)]


def _check(name: str) -> list[CheckMessage]:
    try:
        load_artifact(settings.MODELS_DIR, name)
    except ArtifactRefused as error:
        return [Error(f"MODELS_DIR: {error}", id="biometrics.E002")]
    return []
