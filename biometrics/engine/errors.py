"""The exceptions by which the engine refuses its inputs."""

from __future__ import annotations

from enum import StrEnum


class ImageRefusalCode(StrEnum):
    """Why a file is not accepted as a picture."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    WRONG_FORMAT = "wrong_format"
    ANIMATED = "animated"
    SIDE_TOO_SHORT = "side_too_short"
    SIDE_TOO_LONG = "side_too_long"
    TOO_MANY_PIXELS = "too_many_pixels"
    TRANSPARENT = "transparent"
    BROKEN = "broken"


class ImageRefused(ValueError):
    """The bytes are not a picture that may be decoded; `code` says why."""

    def __init__(self, code: ImageRefusalCode, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.code = code


class ArtifactRefused(RuntimeError):
    """A model file or its card is missing or altered, or does not hold what it should."""


class TemplateRefused(ValueError):
    """Templates that cannot be compared or fused: made by different encoders, or none at all."""
