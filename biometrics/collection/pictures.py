"""Keeps labelled pictures from an operator's browser, to train attack detection with them."""

from __future__ import annotations

import threading
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from biometrics.collection import labelled_pictures
from biometrics.engine.errors import ImageRefused
from biometrics.engine.faces.detection import FaceDetector
from biometrics.engine.faces.finding import FaceFinder
from biometrics.engine.faces.landmarks import FaceMesh
from biometrics.engine.images import decode_photo

if TYPE_CHECKING:
    from pathlib import Path

    from biometrics.collection.labelled_pictures import Label

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
    """Cut the face out with its surroundings, keep and list it.

    `picture` is an encoded photo. Raises CollectionRefused for a subject who is in another split,
    and OSError for a full disk.
    """
    try:
        image = decode_photo(picture)
    except ImageRefused:
        return Taken.UNREADABLE
    folder: Path = settings.LIVENESS_DATA_DIR
    with _TURN:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        labelled_pictures.require_one_split(labelled_pictures.read_list(folder), label)
        (kept,) = labelled_pictures.pictures_to_keep([image], _finder(), every=1, label=label)
        if kept is None:
            return Taken.NO_FACE
        is_new = labelled_pictures.store(folder, [kept], label) > 0
        return Taken.KEPT if is_new else Taken.KNOWN


def count() -> int:
    """How many pictures are kept."""
    return len(labelled_pictures.read_list(settings.LIVENESS_DATA_DIR))


@cache
def _finder() -> FaceFinder:
    return FaceFinder(FaceDetector.load(settings.MODELS_DIR), FaceMesh.load(settings.MODELS_DIR))
