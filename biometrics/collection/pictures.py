"""Pictures from an operator's browser, labelled and kept for training attack detection."""

from __future__ import annotations

import threading
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from biometrics.engine.errors import ImageRefused
from biometrics.engine.faces.detection import FaceDetector
from biometrics.engine.faces.finding import FaceFinder
from biometrics.engine.faces.landmarks import FaceMesh
from biometrics.engine.images import decode_photo
from biometrics.training.liveness import collection

if TYPE_CHECKING:
    from pathlib import Path

    from biometrics.training.liveness.collection import Label

# One picture after another: the networks hold state, and the list is written anew each time.
_TURN = threading.Lock()


class Taken(StrEnum):
    KEPT = "kept"
    KNOWN = "known"
    NO_FACE = "no_face"
    UNREADABLE = "unreadable"


def take(picture: bytes, label: Label) -> Taken:
    """Cut out the face with its surroundings and list it; CollectionRefused for a wrong label."""
    try:
        image = decode_photo(picture)
    except ImageRefused:
        return Taken.UNREADABLE
    folder: Path = settings.LIVENESS_DATA_DIR
    with _TURN:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        collection.require_one_side(collection.read_list(folder), label)
        found = [one for one in collection.samples([image], _finder(), every=1, label=label) if one]
        if not found:
            return Taken.NO_FACE
        return Taken.KEPT if collection.store(folder, found, label) else Taken.KNOWN


def count() -> int:
    return len(collection.read_list(settings.LIVENESS_DATA_DIR))


@cache
def _finder() -> FaceFinder:
    return FaceFinder(FaceDetector.load(settings.MODELS_DIR), FaceMesh.load(settings.MODELS_DIR))
