"""An engine without networks: it reads drawn pictures by their colours.

One colour in the middle of a picture is one person. Small fields at its lower edge tell the engine
where the head is turned, what light falls on it, and whether it is on a screen.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine.faces.eyes import OPEN
from biometrics.engine.images import decode_frame, decode_photo
from biometrics.engine.matching.operating_point import OperatingPoint
from biometrics.engine.pad.cues import COMPARED_UP_TO
from biometrics.engine.pipeline import Engine
from biometrics.engine.types import (
    Box,
    Comparison,
    EnrolmentSample,
    Face,
    FrameResult,
    FusedReference,
    Hint,
    Landmarks,
    PadResult,
    Pose,
    Quality,
    Template,
)
from tests.support.drawn_views import PHASES, living

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from biometrics.engine.types import FloatArray, PixelArray

# A colour whose brightest channel is below DARK is black, one whose darkest is above LIGHT white.
DARK, LIGHT = 24, 240
# The one threshold for all comparisons.
ALIKE = 0.9
# A head turned further than so many degrees to a side is not compared.
FRONTAL = 10.0
# How near a head with shut eyes is drawn, in hundredths: further away than any head comes.
SHUT = 40


@dataclass(frozen=True)
class Head:
    """Degrees to the person's left and up, and how near the head is; drawn as one colour.

    A head whose eyes are `shut` is at the usual distance, and is drawn as if it were SHUT away.
    `lit` is the colour of the light on the face, from 0 to 255; it is drawn in a field of its own.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    size: float = 1.0
    shut: bool = False
    lit: tuple[int, int, int] | None = None

    @property
    def colour(self) -> tuple[int, int, int]:
        near = SHUT if self.shut else round(100 * self.size)
        return (round(128 + 2 * self.yaw), round(128 + 2 * self.pitch), near)

    @classmethod
    def seen(cls, image: PixelArray) -> Head:
        """Read the head back from a picture, RGB of shape (height, width, 3)."""
        red, green, blue = (float(value) for value in image[-8:-4, 4:8].mean(axis=(0, 1)))
        lit = _unlike_the_room(image, 27)
        if _unlike_the_room(image, 6) is None:
            return cls(lit=lit)
        shut = abs(blue - SHUT) < 10
        return cls((red - 128) / 2, (green - 128) / 2, 1.0 if shut else blue / 100, shut, lit)

    @property
    def tint(self) -> FloatArray:
        """The face gives back a tenth of the light that falls on it: float32 of shape (3,)."""
        return np.log1p(np.array(self.lit or (0, 0, 0), dtype=np.float32) / 255 / 10)

    def face(self, width: int, height: int) -> Face:
        """The face that an engine would find in a frame of this size."""
        half = self.size / 4
        box = Box(
            width * (0.5 - half), height * (0.5 - half), width * (0.5 + half), height * (0.5 + half)
        )
        points = np.zeros((468, 3), dtype=np.float32)
        points[:, :2] = box.centre
        unit = box.width / 8
        for places, (x, y, z) in {
            (33, 133): (-unit, 0.0, 0.0),
            (362, 263): (unit, 0.0, 0.0),
            (4,): (0.0, unit, 2 * unit),
        }.items():
            points[list(places)] += self._turned(x, y, z)
        pose = Pose(self.yaw, self.pitch, 0.0)
        return Face(box, 0.99, Landmarks(points, 1.0), pose, 0.06 if self.shut else OPEN)

    def _turned(self, x: float, y: float, z: float) -> FloatArray:
        yaw, pitch = np.radians(self.yaw), np.radians(self.pitch)
        across = x * np.cos(yaw) + z * np.sin(yaw)
        return np.array([across, y * np.cos(pitch) - z * np.sin(pitch), 0.0], dtype=np.float32)


def _unlike_the_room(image: PixelArray, column: int) -> tuple[int, int, int] | None:
    """The colour of a field at the lower edge; None if it is that of the whole picture."""
    colour = image[-6, column].astype(int)
    drawn = np.abs(colour - image[-6, 40]).max() >= DARK
    return (int(colour[0]), int(colour[1]), int(colour[2])) if drawn else None


class ScriptedEngine(Engine):
    """Black is no face, white is several; every other colour, in steps of 64, is a person.

    In a frame, white in the lower right corner is the edge of a screen: an attack. The colour of
    the lower left corner tells where the head is turned (see `Head`), unless it is that of the
    whole picture.
    """

    frontal = FRONTAL
    encoder_name = "scripted"
    encoder_sha256 = "5c" * 32
    hashes = MappingProxyType({"scripted": "5c" * 32})
    point = OperatingPoint(frame=ALIKE, fused=ALIKE, same_person=ALIKE, search=ALIKE)

    def __init__(self) -> None:
        """There are no networks to load."""

    @classmethod
    def load(
        cls, models_dir: Path, *, encoder: str | None = None, pad: bool = True
    ) -> ScriptedEngine:
        return cls()

    def enrol(self, photo: bytes) -> EnrolmentSample:
        image = decode_photo(photo)
        height, width = image.shape[:2]
        colour = image[height // 2, width // 2]
        hint = _hint(colour)
        fit = hint is Hint.NONE
        return EnrolmentSample(
            width=width,
            height=height,
            box=None,
            quality=None,
            template=self._template(colour) if fit else None,
            refusal=None if fit else hint,
        )

    def process(
        self,
        jpeg: bytes,
        *,
        previous: Box | None = None,
        eyes: bool = False,
        lit: bool = False,
    ) -> FrameResult:
        image = decode_frame(jpeg)
        height, width = image.shape[:2]
        colour = image[height // 2, width // 2]
        hint = _hint(colour)
        head = Head.seen(image)
        face = head.face(width, height)
        if hint is Hint.NONE and abs(head.yaw) > self.frontal:
            hint = Hint.LOOK_AT_CAMERA
        fit = hint is Hint.NONE
        return FrameResult(
            width=width,
            height=height,
            faces=() if hint is Hint.NO_FACE else (face,),
            face=face if hint in {Hint.NONE, Hint.LOOK_AT_CAMERA} else None,
            quality=Quality(hint, 0.25, 120.0, 1.0, 0.9),
            template=self._seen(colour, jpeg) if fit else None,
            pad=PadResult(0.1 if image[-4, -4].min() > LIGHT else 0.9, 0.5) if fit else None,
            fingerprint=int.from_bytes(hashlib.sha256(jpeg).digest()[:8], "big"),
            view=living(hashlib.sha256(jpeg).digest()[0] % PHASES) if fit else None,
            tint=head.tint if lit else None,
        )

    def compare(self, reference: Template, probe: Template) -> Comparison:
        return Comparison(float(reference.vector @ probe.vector), ALIKE)

    def compare_fused(self, reference: Template, probes: Sequence[Template]) -> Comparison:
        mean = np.mean([probe.vector for probe in probes], axis=0)
        return Comparison(float(reference.vector @ mean), ALIKE)

    def _template(self, colour: PixelArray) -> Template:
        person = np.random.default_rng([int(value) >> 6 for value in colour])
        vector = person.normal(size=16).astype(np.float32)
        vector /= np.linalg.norm(vector)
        return Template(vector, self.encoder_name, self.encoder_sha256)

    def _seen(self, colour: PixelArray, jpeg: bytes) -> Template:
        """No two frames of a living face are quite the same."""
        seed = int.from_bytes(hashlib.sha256(jpeg).digest()[:8], "big")
        vector = self._template(colour).vector + np.random.default_rng(seed).normal(0, 0.04, 16)
        unit = np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)
        return Template(unit, self.encoder_name, self.encoder_sha256)

    def fuse(self, templates: Sequence[Template]) -> FusedReference:
        stacked = np.stack([template.vector for template in templates])
        alike = stacked @ stacked.T > ALIKE
        leader = int(alike.sum(axis=1).argmax())
        kept = tuple(np.flatnonzero(alike[leader]).tolist())
        rejected = tuple(np.flatnonzero(~alike[leader]).tolist())
        return FusedReference(templates[leader], kept, rejected)

    def identify(self, probe: Template, gallery: Mapping[int, Template]) -> int | None:
        for key, other in gallery.items():
            if float(probe.vector @ other.vector) > ALIKE:
                return key
        return None


class NextScriptedEngine(ScriptedEngine):
    """The scripted engine after a change of its encoder."""

    encoder_name = "scripted-next"
    encoder_sha256 = "6d" * 32


class LookingEngine(ScriptedEngine):
    """Compares heads that are turned as far as models/quality.json allows."""

    frontal = COMPARED_UP_TO


def _hint(colour: PixelArray) -> Hint:
    if colour.max() < DARK:
        return Hint.NO_FACE
    if colour.min() > LIGHT:
        return Hint.SEVERAL_FACES
    return Hint.NONE
