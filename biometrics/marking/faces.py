"""Faces of a picture or of a video's frame: found, compared, judged and drawn. Officials' tool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine.types import Box

if TYPE_CHECKING:
    from collections.abc import Mapping

    from biometrics.engine.pipeline import Engine
    from biometrics.engine.types import FrameResult, ImageArray, Template
    from biometrics.marking.gallery import Wanted

# A frame as the engine takes it: at most 1280 a side and 200 KiB, whatever the camera gave.
MAX_SIDE, MIN_SIDE = 1280, 160
QUALITIES = (92, 80, 65, 50)
MAX_FRAME_BYTES = 200 * 1024
# Room left around a face that is judged alone because others are in the picture.
MARGIN = 0.6
GREEN, AMBER, RED = (64, 160, 64), (0, 140, 230), (48, 48, 210)


@dataclass(frozen=True, slots=True)
class Marked:
    """One face: who it is, "" if nobody known, and what PAD says, None if it could not judge."""

    box: Box
    name: str
    match: bool
    bona_fide: bool | None
    hint: str


def mark(image: ImageArray, engine: Engine, wanted: Wanted) -> tuple[Marked, ...]:
    """Every face in a BGR picture."""
    result, scale = _look(image, engine)
    if result.face is not None:
        return (_judge(result, result.face.box, scale, engine, wanted),)
    return tuple(_alone(image, _scaled(face.box, scale), engine, wanted) for face in result.faces)


def as_frame(image: ImageArray) -> bytes:
    """A BGR picture as a JPEG that the engine takes for a webcam's frame."""
    height, width = image.shape[:2]
    factor = min(MAX_SIDE / max(height, width), 1.0)
    factor = max(factor, MIN_SIDE / min(height, width)) if min(height, width) < MIN_SIDE else factor
    size = max(MIN_SIDE, round(width * factor)), max(MIN_SIDE, round(height * factor))
    small = image if factor == 1.0 else cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return _jpeg(np.asarray(small, dtype=np.uint8))


def _look(image: ImageArray, engine: Engine) -> tuple[FrameResult, float]:
    """The engine's result, and the factor from its pixels to the picture's."""
    result = engine.process(as_frame(image))
    return result, image.shape[1] / result.width


def _jpeg(image: ImageArray) -> bytes:
    data = b""
    for quality in QUALITIES:
        data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
        if len(data) <= MAX_FRAME_BYTES:
            break
    return data


def _alone(image: ImageArray, box: Box, engine: Engine, wanted: Wanted) -> Marked:
    """One of several faces, cut out with some room; its neighbours may still be in the way."""
    height, width = image.shape[:2]
    room_x, room_y = box.width * MARGIN, box.height * MARGIN
    left, top = max(0, int(box.left - room_x)), max(0, int(box.top - room_y))
    right, bottom = min(width, int(box.right + room_x)), min(height, int(box.bottom + room_y))
    result, _scale = _look(image[top:bottom, left:right], engine)
    judged = _judge(result, box, 1.0, engine, wanted)
    return judged if result.face else Marked(box, "", match=False, bona_fide=None, hint="")


def _judge(result: FrameResult, box: Box, scale: float, engine: Engine, wanted: Wanted) -> Marked:
    found = _who(result.template, engine, wanted)
    return Marked(
        box=_scaled(box, scale),
        name=wanted.names.get(found, "") if found is not None else "",
        match=found is not None,
        bona_fide=result.pad.bona_fide if result.pad else None,
        hint="" if result.quality.acceptable else str(result.quality.hint),
    )


def _who(template: Template | None, engine: Engine, wanted: Wanted) -> int | None:
    if template is None:
        return None
    if wanted.one is None:
        return engine.identify(template, wanted.templates)
    match = engine.compare(wanted.templates[wanted.one], template).match
    return wanted.one if match else None


def _scaled(box: Box, factor: float) -> Box:
    return Box(box.left * factor, box.top * factor, box.right * factor, box.bottom * factor)


def draw(image: ImageArray, faces: tuple[Marked, ...], words: Mapping[str, str]) -> None:
    """Boxes and captions, in place. `words` gives the caption's phrases."""
    thick = max(1, round(max(image.shape[:2]) / 400))
    for face in faces:
        colour = RED if face.bona_fide is False else GREEN if face.match else AMBER
        corner = int(face.box.left), int(face.box.top)
        cv2.rectangle(image, corner, (int(face.box.right), int(face.box.bottom)), colour, thick)
        for line, text in enumerate(captions(face, words)):
            at = corner[0], int(face.box.bottom) + round(14 * thick * (line + 1))
            _write(image, text, at, colour=colour, thick=thick)


def _write(
    image: ImageArray,
    text: str,
    at: tuple[int, int],
    *,
    colour: tuple[int, int, int],
    thick: int,
) -> None:
    """The whole text inside the picture, wherever the face is."""
    font, scale = cv2.FONT_HERSHEY_SIMPLEX, 0.4 * thick
    (width, _height), _base = cv2.getTextSize(text, font, scale, thick)
    left = max(0, min(at[0], image.shape[1] - width))
    low = min(at[1], image.shape[0] - 4)
    cv2.putText(image, text, (left, low), font, scale, colour, thick, cv2.LINE_AA)


def captions(face: Marked, words: Mapping[str, str]) -> tuple[str, ...]:
    who = f"{face.name}: {words['match']}" if face.match else words["unknown"]
    pad = {True: words["bona_fide"], False: words["attack"], None: words["unjudged"]}
    hint = (f"({face.hint})",) if face.hint else ()
    return (who, pad[face.bona_fide], *hint)
