"""The thresholds of an encoder, from the card that evaluate_matching wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometrics.engine.artifacts import read_card
from biometrics.engine.errors import ArtifactRefused

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Similarities at or above which two samples match.

    `frame` is for one frame against a reference, `fused` for the mean of several frames against
    one, `same_person` for the photos of one voter that are fused.
    """

    frame: float
    fused: float
    same_person: float


def load_operating_point(models_dir: Path, encoder: str, encoder_sha256: str) -> OperatingPoint:
    name = f"matching-{encoder}"
    card = read_card(models_dir, name)
    if card.get("encoder_sha256") != encoder_sha256:
        raise ArtifactRefused(f"{name}.json was made for other networks")
    try:
        point = OperatingPoint(
            frame=float(card["frame"]["threshold"]),
            fused=float(card["fused"]["threshold"]),
            same_person=float(card["same_person"]["threshold"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactRefused(f"{name}.json lacks a threshold: {error}") from None
    if not all(0 < cut < 1 for cut in (point.frame, point.fused, point.same_person)):
        raise ArtifactRefused(f"{name}.json holds a threshold that accepts all or none")
    return point
