"""System checks: a site does not start if a model file is not the one on its card."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution

from biometrics.engine.artifacts import load_artifact, read_card
from biometrics.engine.errors import ArtifactRefused
from biometrics.engine.faces.detection import ARTIFACT as DETECTION
from biometrics.engine.faces.eyes import ARTIFACT as EYES
from biometrics.engine.faces.landmarks import ARTIFACT as MESH
from biometrics.engine.matching.centring import read_means
from biometrics.engine.matching.encoding import read_choice
from biometrics.engine.pad.texture import ARTIFACT as LIVENESS

if TYPE_CHECKING:
    from collections.abc import Callable

# Parts of the names of research data sets, as the cards write them.
RESEARCH_DATA = ("casia",)


@register(Tags.security)
def check_models(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Report model files that are missing or altered.

    Only their hashes are checked. Loading the networks would slow down every command.
    """
    try:
        choice = read_choice(settings.MODELS_DIR, settings.ENCODER or None)
    except (ArtifactRefused, KeyError) as error:
        return [Error(f"ENCODER or MODELS_DIR: {error}", id="biometrics.E001")]
    needed = [DETECTION, MESH, EYES]
    if settings.PAD_ENABLED:
        needed.append(LIVENESS)
    checks: list[Callable[[], object]] = [
        partial(load_artifact, settings.MODELS_DIR, name) for name in needed
    ]
    checks += [partial(_check_network, name, centred=choice.centred) for name in choice.networks]
    return [error for check in checks for error in _errors(check)]


@register(Tags.security, deploy=True)
def check_research_models(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Warn if the threshold of attack detection was chosen on research data.

    Pictures of other people in one room say little about this site's voters and cameras.
    """
    if settings.RESEARCH_MODELS_ACCEPTED or not settings.PAD_ENABLED:
        return []
    try:
        card = read_card(settings.MODELS_DIR, LIVENESS)
    except ArtifactRefused:
        return []  # biometrics.E002 reports it
    data = card.get("operating_point", {}).get("data", "")
    if not any(name in data for name in RESEARCH_DATA):
        return []
    words = f"models/{LIVENESS}.json has its threshold from research data ({data}): measure on"
    words += " your own captures, or set RESEARCH_MODELS_ACCEPTED=on"
    return [Caution(words, id="biometrics.W001")]


def _check_network(name: str, *, centred: bool) -> None:
    network = load_artifact(settings.MODELS_DIR, name)
    if centred:
        read_means(settings.MODELS_DIR, name, network.sha256)


def _errors(check: Callable[[], object]) -> list[CheckMessage]:
    try:
        check()
    except ArtifactRefused as error:
        return [Error(f"MODELS_DIR: {error}", id="biometrics.E002")]
    return []
