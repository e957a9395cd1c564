"""An engine without networks: the colour in the middle of a drawn picture decides."""

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
from biometrics.engine.types import (
    Box,
    Comparison,
    Face,
    FrameResult,
    Hint,
    Landmarks,
    PadResult,
    Pose,
    Quality,
    Template,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

DARK, LIGHT = 24, 240
ALIKE = 0.9
FRONTAL = 10.0
SHUT = 40


@dataclass(frozen=True)
class ScriptedSample:
    template: Template | None
    refusal: Hint | None
    box: None = None
    quality: None = None


@dataclass(frozen=True)
class ScriptedFusion:
    template: Template
    kept: tuple[int, ...]
    rejected: tuple[int, ...]


@dataclass(frozen=True)
class Head:
    """Degrees to the person's left and up, and how near; drawn as one colour.

    Who has the eyes `shut` is as near as usual, and drawn as if further away than anybody is. What
    light falls on it is drawn beside it.
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
    def seen(cls, image: np.ndarray) -> Head:
        red, green, blue = (float(value) for value in image[-8:-4, 4:8].mean(axis=(0, 1)))
        lit = _unlike_the_room(image, 27)
        if _unlike_the_room(image, 6) is None:
            return cls(lit=lit)
        shut = abs(blue - SHUT) < 10
        return cls((red - 128) / 2, (green - 128) / 2, 1.0 if shut else blue / 100, shut, lit)

    @property
    def tint(self) -> np.ndarray:
        """A tenth of the light that falls on it comes back."""
        return np.log1p(np.array(self.lit or (0, 0, 0), dtype=np.float32) / 255 / 10)

    def face(self, width: int, height: int) -> Face:
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

    def _turned(self, x: float, y: float, z: float) -> np.ndarray:
        yaw, pitch = np.radians(self.yaw), np.radians(self.pitch)
        across = x * np.cos(yaw) + z * np.sin(yaw)
        return np.array([across, y * np.cos(pitch) - z * np.sin(pitch), 0.0], dtype=np.float32)


def _unlike_the_room(image: np.ndarray, column: int) -> tuple[int, int, int] | None:
    """The colour drawn at the lower edge there; None where it is the picture's own."""
    colour = image[-6, column].astype(int)
    drawn = np.abs(colour - image[-6, 40]).max() >= DARK
    return (int(colour[0]), int(colour[1]), int(colour[2])) if drawn else None


class ScriptedEngine:
    """Black is no face, white is several; every other colour, in steps of 64, is a person.

    In a frame, white in the lower right corner is the edge of a screen: an attack. The colour of
    the lower left corner is where the head is turned (see `Head`), unless the background's.
    """

    frontal = FRONTAL
    encoder_name = "scripted"
    encoder_sha256 = "5c" * 32
    hashes = MappingProxyType({"scripted": "5c" * 32})
    point = OperatingPoint(frame=ALIKE, fused=ALIKE, same_person=ALIKE, search=ALIKE)

    @classmethod
    def load(
        cls, models_dir: Path, *, encoder: str | None = None, pad: bool = True
    ) -> ScriptedEngine:
        return cls()

    def enrol(self, photo: bytes) -> ScriptedSample:
        image = decode_photo(photo)
        colour = image[image.shape[0] // 2, image.shape[1] // 2]
        hint = _hint(colour)
        if hint is not Hint.NONE:
            return ScriptedSample(None, hint)
        return ScriptedSample(self._template(colour), None)

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
            tint=head.tint if lit else None,
        )

    def compare(self, reference: Template, probe: Template) -> Comparison:
        return Comparison(float(reference.vector @ probe.vector), ALIKE)

    def compare_fused(self, reference: Template, probes: Sequence[Template]) -> Comparison:
        mean = np.mean([probe.vector for probe in probes], axis=0)
        return Comparison(float(reference.vector @ mean), ALIKE)

    def _template(self, colour: np.ndarray) -> Template:
        person = np.random.default_rng([int(value) >> 6 for value in colour])
        vector = person.normal(size=16).astype(np.float32)
        vector /= np.linalg.norm(vector)
        return Template(vector, self.encoder_name, self.encoder_sha256)

    def _seen(self, colour: np.ndarray, jpeg: bytes) -> Template:
        """No two frames of a living face are quite alike."""
        seed = int.from_bytes(hashlib.sha256(jpeg).digest()[:8], "big")
        vector = self._template(colour).vector + np.random.default_rng(seed).normal(0, 0.04, 16)
        unit = np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)
        return Template(unit, self.encoder_name, self.encoder_sha256)

    def fuse(self, templates: Sequence[Template]) -> ScriptedFusion:
        stacked = np.stack([template.vector for template in templates])
        alike = stacked @ stacked.T > ALIKE
        leader = int(alike.sum(axis=1).argmax())
        kept = tuple(np.flatnonzero(alike[leader]).tolist())
        rejected = tuple(np.flatnonzero(~alike[leader]).tolist())
        return ScriptedFusion(templates[leader], kept, rejected)

    def identify(self, template: Template, gallery: Mapping[int, Template]) -> int | None:
        for key, other in gallery.items():
            if float(template.vector @ other.vector) > ALIKE:
                return key
        return None


class NextScriptedEngine(ScriptedEngine):
    encoder_name = "scripted-next"
    encoder_sha256 = "6d" * 32


class LookingEngine(ScriptedEngine):
    """Takes a head for one that looks at the camera as far as models/quality.json does."""

    frontal = COMPARED_UP_TO


def _hint(colour: np.ndarray) -> Hint:
    if colour.max() < DARK:
        return Hint.NO_FACE
    if colour.min() > LIGHT:
        return Hint.SEVERAL_FACES
    return Hint.NONE
