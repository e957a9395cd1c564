"""Reads the thresholds of an encoder from the card that `evaluate_matching` wrote."""

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
    """The thresholds: two samples match if their similarity is at least as high.

    `frame` is for one frame compared with a reference, `fused` for the mean of several frames
    compared with a reference, `same_person` for two photos of one voter, and `search` for one
    face that is searched among all voters.
    """

    frame: float
    fused: float
    same_person: float
    search: float


def load_operating_point(models_dir: Path, encoder: str, encoder_sha256: str) -> OperatingPoint:
    """Read the thresholds of `encoder` from models/matching-ENCODER.json.

    Raises ArtifactRefused if the card is missing, was made for other networks, lacks a threshold
    or holds one that is not between 0 and 1.
    """
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
    """Return the threshold for searches, at least as high as that for a single comparison.

    A search is many comparisons, so its threshold must not be lower. On the card it can be
    lower, because the threshold for single comparisons is chosen for the group of people who
    are most alike.
    """
    fused = float(card["fused"]["threshold"])
    return max(fused, float(card["search"]["threshold"])) if "search" in card else fused
