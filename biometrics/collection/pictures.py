"""Keeps labelled pictures from an operator's browser, to train attack detection with them."""

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

# One picture is taken at a time: the networks hold state, and the list of all pictures is
# rewritten each time.
_TURN = threading.Lock()


class Taken(StrEnum):
    """What became of a picture. KNOWN means that it was kept before."""

    KEPT = "kept"
    KNOWN = "known"
    NO_FACE = "no_face"
    UNREADABLE = "unreadable"


def take(picture: bytes, label: Label) -> Taken:
    """Cut out the face with its surroundings, and keep it with its label.

    Raises CollectionRefused if the label contradicts those of earlier pictures, and OSError if
    the picture cannot be written.
    """
    try:
        image = decode_photo(picture)
    except ImageRefused:
        return Taken.UNREADABLE
    folder: Path = settings.LIVENESS_DATA_DIR
    with _TURN:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        collection.require_one_side(collection.read_list(folder), label)
        samples = collection.samples([image], _finder(), every=1, label=label)
        with_face = [sample for sample in samples if sample]
        if not with_face:
            return Taken.NO_FACE
        return Taken.KEPT if collection.store(folder, with_face, label) else Taken.KNOWN


def count() -> int:
    """Return how many pictures are kept."""
    return len(collection.read_list(settings.LIVENESS_DATA_DIR))


@cache
def _finder() -> FaceFinder:
    return FaceFinder(FaceDetector.load(settings.MODELS_DIR), FaceMesh.load(settings.MODELS_DIR))
