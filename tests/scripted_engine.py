"""An engine without networks: the colour in the middle of a drawn picture decides."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine.images import decode_frame, decode_photo
from biometrics.engine.types import (
    Box,
    Comparison,
    Face,
    FrameResult,
    Hint,
    PadResult,
    Quality,
    Template,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

DARK, LIGHT = 24, 240
ALIKE = 0.9


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


class ScriptedEngine:
    """Black is no face, white is several; every other colour, in steps of 64, is a person.

    In a frame, white in the lower right corner is the edge of a screen: an attack.
    """

    encoder_name = "scripted"
    encoder_sha256 = "5c" * 32
    hashes = MappingProxyType({"scripted": "5c" * 32})

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

    def process(self, jpeg: bytes, *, previous: Box | None = None) -> FrameResult:
        image = decode_frame(jpeg)
        height, width = image.shape[:2]
        colour = image[height // 2, width // 2]
        hint = _hint(colour)
        face = Face(Box(width / 4, height / 4, width * 3 / 4, height * 3 / 4), 0.99)
        fit = hint is Hint.NONE
        return FrameResult(
            width=width,
            height=height,
            faces=() if hint is Hint.NO_FACE else (face,),
            face=face if fit else None,
            quality=Quality(hint, 0.25, 120.0, 1.0, 0.9),
            template=self._template(colour) if fit else None,
            pad=PadResult(0.1 if image[-4, -4].min() > LIGHT else 0.9, 0.5) if fit else None,
            fingerprint=0,
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


def _hint(colour: np.ndarray) -> Hint:
    if colour.max() < DARK:
        return Hint.NO_FACE
    if colour.min() > LIGHT:
        return Hint.SEVERAL_FACES
    return Hint.NONE
