"""The values that pass between the steps of the engine. All are immutable."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float32]
    ImageArray = npt.NDArray[np.uint8]


class Hint(StrEnum):
    """What a person before the camera can do about a frame that was not good enough."""

    NONE = "none"
    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    COME_CLOSER = "come_closer"
    MOVE_BACK = "move_back"
    CENTRE = "centre"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    TURN_TO_LIGHT = "turn_to_light"
    BLURRED = "blurred"
    COVERED = "covered"
    LOOK_AT_CAMERA = "look_at_camera"
    OPEN_EYES = "open_eyes"
    HOLD_STILL = "hold_still"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the frame; right and bottom are exclusive."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def area(self) -> float:
        return max(0.0, self.width) * max(0.0, self.height)

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def iou(self, other: Box) -> float:
        """Intersection over union, 0 to 1."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        if width <= 0 or height <= 0:
            return 0.0
        shared = width * height
        return shared / (self.area + other.area - shared)


@dataclass(frozen=True, slots=True)
class Pose:
    """Head turn in degrees. Yaw: positive to the person's own left. Pitch: positive up."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Face mesh: `points` is (468, 3) in frame pixels, depth on the same scale."""

    points: FloatArray
    score: float


@dataclass(frozen=True, slots=True)
class Face:
    """One face found in a frame; `eyes_open` is lid distance over eye width, where measured."""

    box: Box
    score: float
    landmarks: Landmarks | None = None
    pose: Pose | None = None
    eyes_open: float | None = None


@dataclass(frozen=True, slots=True)
class Quality:
    """Whether a sample is fit to be compared; `hint` says what is wrong, NONE when it is fit."""

    hint: Hint
    face_share: float
    brightness: float
    sharpness: float
    score: float

    @property
    def acceptable(self) -> bool:
        return self.hint is Hint.NONE


@dataclass(frozen=True, slots=True)
class Template:
    """A unit-length descriptor and the encoder that made it.

    `encoder_sha256` covers the encoder's networks and how they are combined; templates are
    compared only if it is the same.
    """

    vector: FloatArray
    encoder: str
    encoder_sha256: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Similarity of two templates (higher is more alike) against the operating point."""

    score: float
    threshold: float

    @property
    def match(self) -> bool:
        return self.score >= self.threshold


@dataclass(frozen=True, slots=True)
class PadResult:
    """Presentation attack detection of one frame; higher is more bona fide."""

    score: float
    threshold: float

    @property
    def bona_fide(self) -> bool:
        return self.score >= self.threshold


@dataclass(frozen=True, slots=True)
class FrameResult:
    """Everything the engine says of one frame.

    `face` is the one face to judge, None where there is none or more than one. `template`,
    and `pad` are None when the quality was not acceptable or a face is missing.
    `fingerprint` is a 64-bit perceptual hash of the face and its surroundings, for loop detection;
    `scene` (12, 16) float32 is the whole frame's brightness, for cuts; `tint` (3,) float32 the
    colour of the face, where it was asked for and could be seen.
    """

    width: int
    height: int
    faces: tuple[Face, ...]
    face: Face | None
    quality: Quality
    template: Template | None
    pad: PadResult | None
    fingerprint: int
    scene: FloatArray | None = None
    tint: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class EnrolmentSample:
    """What one photograph gives: a template, or in `refusal` what is wrong with it.

    `box` is in pixels of the picture as it was judged, `width` by `height`, upright.
    """

    width: int
    height: int
    box: Box | None
    quality: Quality | None
    template: Template | None
    refusal: Hint | None


@dataclass(frozen=True, slots=True)
class FusedReference:
    """One template out of several; `rejected` holds the places of those that did not fit."""

    template: Template
    kept: tuple[int, ...]
    rejected: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One hit of a search: a row of the gallery and its similarity."""

    row: int
    score: float


class PadModel(Protocol):
    """Judges one frame's face; higher is more bona fide."""

    @property
    def threshold(self) -> float: ...

    @property
    def sha256(self) -> str: ...

    def score(self, image: ImageArray, box: Box) -> float: ...
