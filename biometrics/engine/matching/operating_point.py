"""The thresholds of an encoder, from the card that evaluate_matching wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from biometrics.engine.artifacts import read_card
from biometrics.engine.errors import ArtifactRefused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Similarities at or above which two samples match.

    `frame` is for one frame against a reference, `fused` for the mean of several frames against
    one, `same_person` for the photos of one voter that are fused, `search` for one face among
    a roll.
    """

    frame: float
    fused: float
    same_person: float
    search: float


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
            search=_search_cut(card),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactRefused(f"{name}.json lacks a threshold: {error}") from None
    if not all(0 < cut < 1 for cut in (point.frame, point.fused, point.same_person, point.search)):
        raise ArtifactRefused(f"{name}.json holds a threshold that accepts all or none")
    return point


def _search_cut(card: Mapping[str, Any]) -> float:
    """Never below the one for a single comparison: a search is many of them.

    The latter may be the higher one, as it is chosen for the group whose people are most alike.
    """
    fused = float(card["fused"]["threshold"])
    return max(fused, float(card["search"]["threshold"])) if "search" in card else fused
