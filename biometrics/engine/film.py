"""Opens films, whatever their names are and whatever shape their pixels have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine.types import BgrImage

if TYPE_CHECKING:
    from pathlib import Path


def open_film(path: Path) -> cv2.VideoCapture:
    """Return OpenCV's reader of a file; the caller releases it.

    A name with a colon, such as a time, would be taken for an address if it stood alone.
    """
    return cv2.VideoCapture(str(path.absolute()))


def shown_size(reader: cv2.VideoCapture) -> tuple[int, int]:
    """Return the width and the height at which a player shows the film, 0 for what is not known.

    A film may have pixels that are wider than high. It is shown stretched, and so are its faces.
    """
    width = int(reader.get(cv2.CAP_PROP_FRAME_WIDTH))
    height = int(reader.get(cv2.CAP_PROP_FRAME_HEIGHT))
    across, down = reader.get(cv2.CAP_PROP_SAR_NUM), reader.get(cv2.CAP_PROP_SAR_DEN)
    if across <= 0 or down <= 0 or across == down:
        return width, height
    if across > down:
        return round(width * across / down), height
    return width, round(height * down / across)


def as_shown(frame: cv2.typing.MatLike, size: tuple[int, int]) -> BgrImage:
    """Return a frame at the size that `shown_size` gives."""
    if frame.shape[1::-1] != size and min(size) > 0:
        frame = cv2.resize(frame, size, interpolation=cv2.INTER_LINEAR)
    return BgrImage(np.asarray(frame, dtype=np.uint8))
