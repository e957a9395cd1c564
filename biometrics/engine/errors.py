"""Refusals of the engine. Each carries a code that the caller can act on."""

from __future__ import annotations

from enum import StrEnum


class ImageCode(StrEnum):
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    WRONG_FORMAT = "wrong_format"
    WRONG_SIZE = "wrong_size"
    BROKEN = "broken"


class ImageRefused(ValueError):
    """The bytes are not an image that may be decoded."""

    def __init__(self, code: ImageCode, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.code = code


class ArtifactRefused(RuntimeError):
    """A model file is missing, altered or of the wrong shape."""


class TemplateRefused(ValueError):
    """Templates that cannot be compared or fused: of different encoders, or none at all."""
