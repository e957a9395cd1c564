"""An engine without networks: the colour in the middle of a drawn picture decides."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine.images import decode_photo
from biometrics.engine.types import Hint, Template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

DARK, LIGHT = 24, 240


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
    """Black is no face, white is several; every other colour, in steps of 64, is a person."""

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
        if colour.max() < DARK:
            return ScriptedSample(None, Hint.NO_FACE)
        if colour.min() > LIGHT:
            return ScriptedSample(None, Hint.SEVERAL_FACES)
        person = np.random.default_rng([int(value) >> 6 for value in colour])
        vector = person.normal(size=16).astype(np.float32)
        vector /= np.linalg.norm(vector)
        return ScriptedSample(Template(vector, self.encoder_name, self.encoder_sha256), None)

    def fuse(self, templates: Sequence[Template]) -> ScriptedFusion:
        stacked = np.stack([template.vector for template in templates])
        alike = stacked @ stacked.T > 0.9
        leader = int(alike.sum(axis=1).argmax())
        kept = tuple(np.flatnonzero(alike[leader]).tolist())
        rejected = tuple(np.flatnonzero(~alike[leader]).tolist())
        return ScriptedFusion(templates[leader], kept, rejected)

    def identify(self, template: Template, gallery: Mapping[int, Template]) -> int | None:
        for key, other in gallery.items():
            if float(template.vector @ other.vector) > 0.9:
                return key
        return None


class NextScriptedEngine(ScriptedEngine):
    encoder_name = "scripted-next"
    encoder_sha256 = "6d" * 32
