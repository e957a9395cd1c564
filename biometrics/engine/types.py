"""The values that the steps of the engine hand to each other. All are immutable."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NewType, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float32]
    # A picture whose channels may stand in either order, or a grey one without channels.
    PixelArray = npt.NDArray[np.uint8]

# (height, width, 3) uint8, 0 to 255. Two types, so that mypy reports swapped channels: the
# engine's functions take RGB, while OpenCV's encoders, decoders and cameras use BGR.
# `to_rgb` and `to_bgr` in engine/images.py turn one into the other.
RgbImage = NewType("RgbImage", "PixelArray")
BgrImage = NewType("BgrImage", "PixelArray")


class Hint(StrEnum):
    """What a person in front of the camera can do when a frame was not good enough."""

    NONE = "none"
    NO_PICTURE = "no_picture"
    UPSIDE_DOWN = "upside_down"
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
    """A rectangle in pixels of the frame. `right` and `bottom` are exclusive.

    It may reach beyond the edges of the frame.
    """

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """In pixels."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """In pixels."""
        return self.bottom - self.top

    @property
    def area(self) -> float:
        """In square pixels; 0 if the right or lower edge is not beyond the opposite one."""
        return max(0.0, self.width) * max(0.0, self.height)

    @property
    def centre(self) -> tuple[float, float]:
        """The x and y of the middle."""
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
    """How the head is turned, in degrees; all are 0 for a head that looks straight ahead.

    `yaw` is positive towards the person's own left, `pitch` is positive upwards, and `roll` is
    positive when the head is turned clockwise in the picture.
    """

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True)
class Landmarks:
    """A face mesh.

    `points` is (468, 3) float32: x and y in pixels of the frame, and depth on the same scale,
    growing away from the camera. `score` is from 0 to 1: how sure the network is of a face.
    """

    points: FloatArray
    score: float


@dataclass(frozen=True, slots=True)
class Face:
    """One face that was found in a frame.

    `score` is from 0 to 1, higher is surer. `eyes_open` is the distance of the lids over the
    width of the eye (see `EyeContours.openness`), None where it was not measured.
    """

    box: Box
    score: float
    landmarks: Landmarks | None = None
    pose: Pose | None = None
    eyes_open: float | None = None


@dataclass(frozen=True, slots=True)
class Quality:
    """Whether a sample is good enough to be compared.

    `hint` says what is wrong, NONE if nothing is. `face_share` is the height of the face over
    the shorter side of the frame, `brightness` the mean luma of the face from 0 to 255,
    `sharpness` fine detail over contrast, and `score` from 0 to 1 ranks several samples.
    """

    hint: Hint
    face_share: float
    brightness: float
    sharpness: float
    score: float

    @property
    def acceptable(self) -> bool:
        """Whether nothing is wrong with the sample."""
        return self.hint is Hint.NONE


@dataclass(frozen=True, slots=True)
class Template:
    """A descriptor, (n,) float32 of length one, and the encoder that made it.

    `encoder_sha256` covers the encoder's networks and the way they are combined. Two templates
    are compared only if they have the same one.
    """

    vector: FloatArray
    encoder: str
    encoder_sha256: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The similarity of two templates, from -1 to 1, higher is more alike, and the threshold."""

    score: float
    threshold: float

    @property
    def match(self) -> bool:
        """Whether the score is at or above the threshold."""
        return self.score >= self.threshold


@dataclass(frozen=True, slots=True)
class PadResult:
    """Presentation attack detection of one frame: 0 to 1, higher is more bona fide."""

    score: float
    threshold: float

    @property
    def bona_fide(self) -> bool:
        """Whether the score is at or above the threshold."""
        return self.score >= self.threshold


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A frame made small: `grey` (height, width) uint8, and the face in its pixels."""

    grey: PixelArray
    box: Box


@dataclass(frozen=True, slots=True)
class FrameResult:
    """Everything the engine says about one frame of `width` by `height` pixels.

    `face` is the face to judge, None if there is none or if several are in question. `template`
    and `pad` are None if there is no such face or if its quality was not acceptable.
    `fingerprint` is a 64-bit hash of how the face and its surroundings look, to detect a loop.
    `scene` is (12, 16) float32, the brightness of the whole frame from 0 to 255, to detect a
    cut. `view` is the frame made small, to see how the face moves, None if no face is judged.
    `tint` is (3,) float32, the colour of the face as `faces.tint.tint` measures it, None
    where it was not asked for or could not be measured.
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
    view: View | None = None
    tint: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class EnrolmentSample:
    """What the engine made of one photo: a template, or a `refusal` that says what is wrong.

    `box` is in pixels of the upright picture in which the face was judged; that picture has
    `width` by `height` pixels.
    """

    width: int
    height: int
    box: Box | None
    quality: Quality | None
    template: Template | None
    refusal: Hint | None


@dataclass(frozen=True, slots=True)
class FusedReference:
    """One template made from several: `kept` and `rejected` are the indices of the inputs."""

    template: Template
    kept: tuple[int, ...]
    rejected: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One hit of a search: a row of the gallery and its similarity, from -1 to 1."""

    row: int
    score: float


class PadModel(Protocol):
    """Judges the face of one frame: is it presented by a living person?"""

    @property
    def threshold(self) -> float:
        """Scores at or above it count as bona fide."""

    @property
    def sha256(self) -> str:
        """Of the model file, in hexadecimal."""

    def score(self, image: RgbImage, box: Box) -> float:
        """From 0 to 1, higher is more bona fide. `box` is the face, in pixels of `image`."""
