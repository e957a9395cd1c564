"""An official's tool: finds, compares and judges every face in a picture, and draws the result.

Pictures are BGR, because OpenCV reads, draws and writes them in that order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine.images import FRAME_LIMITS, encode_jpeg
from biometrics.engine.types import BgrImage, Box
from biometrics.marking.lettering import text_width, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from biometrics.engine.pipeline import Engine
    from biometrics.engine.types import FrameResult, Template
    from biometrics.marking.gallery import SearchGallery

# The engine takes frames of a limited size, whatever the camera or the file gives. The qualities
# are tried from the best until the JPEG is small enough.
MAX_SIDE, MIN_SIDE = FRAME_LIMITS.max_side, FRAME_LIMITS.min_side
QUALITIES = (92, 80, 65, 50)
# If there are several faces, each is cut out and judged alone, with this much room around it, in
# shares of its box.
MARGIN = 0.6
# The height of letters, in line widths of a box.
LETTERS = 14
GREEN, AMBER, RED = (64, 160, 64), (0, 140, 230), (48, 48, 210)


@dataclass(frozen=True, slots=True)
class MarkedFace:
    """What is drawn for one face; `box` is in pixels of the picture.

    `name` is empty if the face matches nobody. `bona_fide` is the verdict of the presentation
    attack detection, None if it did not judge. `hint` is empty if the quality is acceptable.
    """

    box: Box
    name: str
    match: bool
    bona_fide: bool | None
    hint: str


def mark(image: BgrImage, engine: Engine, gallery: SearchGallery) -> tuple[MarkedFace, ...]:
    """Judge every face in a picture and compare it with the gallery.

    Raises TemplateRefused if the gallery was made by another encoder than the engine's.
    """
    result, scale = _process(image, engine)
    if result.face is not None:
        return (_judge(result, result.face.box, scale, engine, gallery),)
    return tuple(
        _judge_alone(image, _scaled(face.box, scale), engine, gallery) for face in result.faces
    )


def as_frame(image: BgrImage) -> bytes:
    """Encode a picture as a JPEG that the engine accepts as a webcam's frame.

    The picture is resized to sides of 160 to 1280 pixels, and its quality is lowered until the
    JPEG has at most 200 KiB.
    """
    height, width = image.shape[:2]
    factor = min(MAX_SIDE / max(height, width), 1.0)
    factor = max(factor, MIN_SIDE / min(height, width)) if min(height, width) < MIN_SIDE else factor
    size = max(MIN_SIDE, round(width * factor)), max(MIN_SIDE, round(height * factor))
    small = image if factor == 1.0 else cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return _jpeg(BgrImage(np.asarray(small, dtype=np.uint8)))


def _process(image: BgrImage, engine: Engine) -> tuple[FrameResult, float]:
    """Return the engine's result, and the factor from its pixels to those of the picture."""
    result = engine.process(as_frame(image))
    return result, image.shape[1] / result.width


def _jpeg(image: BgrImage) -> bytes:
    data = b""
    for quality in QUALITIES:
        data = encode_jpeg(image, quality=quality)
        if len(data) <= FRAME_LIMITS.max_bytes:
            break
    return data


def _judge_alone(image: BgrImage, box: Box, engine: Engine, gallery: SearchGallery) -> MarkedFace:
    """Judge one of several faces, cut out with some room around it.

    If a neighbour is still in the cut-out picture, the face is marked without a verdict.
    """
    height, width = image.shape[:2]
    room_x, room_y = box.width * MARGIN, box.height * MARGIN
    left, top = max(0, int(box.left - room_x)), max(0, int(box.top - room_y))
    right, bottom = min(width, int(box.right + room_x)), min(height, int(box.bottom + room_y))
    result, _scale = _process(BgrImage(image[top:bottom, left:right]), engine)
    judged = _judge(result, box, 1.0, engine, gallery)
    return judged if result.face else MarkedFace(box, "", match=False, bona_fide=None, hint="")


def _judge(
    result: FrameResult, box: Box, scale: float, engine: Engine, gallery: SearchGallery
) -> MarkedFace:
    user_id = _matching_voter(result.template, engine, gallery)
    return MarkedFace(
        box=_scaled(box, scale),
        name=gallery.names.get(user_id, "") if user_id is not None else "",
        match=user_id is not None,
        bona_fide=result.pad.bona_fide if result.pad else None,
        hint="" if result.quality.acceptable else str(result.quality.hint),
    )


def _matching_voter(
    template: Template | None, engine: Engine, gallery: SearchGallery
) -> int | None:
    if template is None:
        return None
    if gallery.claimed_id is None:
        return engine.identify(template, gallery.templates)
    match = engine.compare(gallery.templates[gallery.claimed_id], template).match
    return gallery.claimed_id if match else None


def _scaled(box: Box, factor: float) -> Box:
    return Box(box.left * factor, box.top * factor, box.right * factor, box.bottom * factor)


def draw(image: BgrImage, faces: tuple[MarkedFace, ...], words: Mapping[str, str]) -> None:
    """Draw boxes and captions into the picture itself.

    `words` has the phrases for "match", "unknown", "bona_fide", "attack" and "unjudged".
    """
    thick = max(1, round(max(image.shape[:2]) / 400))
    for face in faces:
        colour = RED if face.bona_fide is False else GREEN if face.match else AMBER
        corner = int(face.box.left), int(face.box.top)
        cv2.rectangle(image, corner, (int(face.box.right), int(face.box.bottom)), colour, thick)
        for line, text in enumerate(captions(face, words)):
            at = corner[0], int(face.box.bottom) + LETTERS * thick * (line + 1)
            _write(image, text, at, colour=colour, size=LETTERS * thick)


def _write(
    image: BgrImage, text: str, at: tuple[int, int], *, colour: tuple[int, int, int], size: int
) -> None:
    """Write the text; it is moved so that all of it is inside the picture."""
    left = max(0, min(at[0], image.shape[1] - text_width(text, size)))
    low = min(at[1], image.shape[0] - size // 3)
    write(image, text, (left, low), size=size, colour=colour)


def captions(face: MarkedFace, words: Mapping[str, str]) -> tuple[str, ...]:
    """Return the lines below the box of a face; for `words` see `draw`."""
    who = f"{face.name}: {words['match']}" if face.match else words["unknown"]
    pad = {True: words["bona_fide"], False: words["attack"], None: words["unjudged"]}
    hint = (f"({face.hint})",) if face.hint else ()
    return (who, pad[face.bona_fide], *hint)
