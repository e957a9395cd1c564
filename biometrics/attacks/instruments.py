"""Attack instruments that stand before the verification socket in a person's place.

Each one gives the next frame when it is shown the server's last answer. `INSTRUMENTS` lists them
and says which are simulated. All pictures here are (height, width, 3) uint8 in BGR.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import cv2
import numpy as np

from biometrics.attacks import recapture
from biometrics.attacks.lighting import lit
from biometrics.attacks.puppet import Puppet
from biometrics.engine.frame_message import LIGHT
from biometrics.engine.images import encode_jpeg
from biometrics.engine.pad.coloured_light import EMITTED
from biometrics.engine.types import BgrImage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from biometrics.engine.types import FloatArray, Landmarks, PixelArray

    # A message of the server, as docs/protocol.md describes it.
    Answer = Mapping[str, Any]

STAGE = (640, 480)
JPEG_QUALITY = 85
NOISE_MARGIN = (64, 64)
# The share of the remaining way that a puppet goes in each frame: about as quick as a head.
PUPPET_GAIN = 0.35
MAX_PUPPET_DEGREES = 60.0
# The share of the page's light that a puppet paints on itself.
PAINTED_LIGHT = 0.1
LOOKS_AHEAD = {"yaw": 0.0, "pitch": 0.0, "size": 1.0, "shut": 0.0}
# The pose's axis that each movement cue changes, and in which direction.
MOVEMENTS = {
    "turn_left": ("yaw", 1),
    "turn_right": ("yaw", -1),
    "turn_up": ("pitch", 1),
    "turn_down": ("pitch", -1),
    "come_closer": ("size", 1),
    "close_eyes": ("shut", 1),
}


class Player(Protocol):
    """What stands before the camera."""

    def frame(self, answer: Answer) -> bytes:
        """The next JPEG. `answer` is the server's last message."""
        ...


@dataclass(frozen=True)
class Target:
    """The person under attack: a still with its mesh, and a clip where there is one.

    `other` is a puppet of somebody else.
    """

    still: PixelArray
    landmarks: Landmarks
    clip: Sequence[PixelArray] = ()
    other: Puppet | None = None


class Still:
    """One photo through a virtual camera, with the noise and the shake of a real one."""

    def __init__(self, target: Target, rng: np.random.Generator) -> None:
        self.image, self.rng, self.turn = self.picture(target.still, rng), rng, 0

    def picture(self, still: PixelArray, rng: np.random.Generator) -> PixelArray:
        """What is held before the camera."""
        return still

    def frame(self, answer: Answer) -> bytes:
        """See Player."""
        self.turn += 1
        return as_frame(shaken(self.image, self.turn, self.rng))


class Printed(Still):
    """The photo on paper."""

    def picture(self, still: PixelArray, rng: np.random.Generator) -> PixelArray:
        """See Still."""
        return recapture.printed(still, rng)


class OnScreen(Still):
    """The photo on a display."""

    def picture(self, still: PixelArray, rng: np.random.Generator) -> PixelArray:
        """See Still."""
        return recapture.on_screen(still, rng)


class Loop:
    """A clip of the person, over and over from a random place: real footage of the right face."""

    def __init__(self, target: Target, rng: np.random.Generator) -> None:
        self.clip, self.at = target.clip, int(rng.integers(max(1, len(target.clip))))

    def frame(self, answer: Answer) -> bytes:
        """See Player."""
        self.at = (self.at + 1) % len(self.clip)
        return as_frame(self.clip[self.at])


class Puppeteer:
    """A photo that is bent to do what the server asks for, guided by the server's answers."""

    def __init__(self, target: Target, rng: np.random.Generator) -> None:
        self.puppet, self.rng = Puppet.of(target.still, target.landmarks), rng
        self.pose, self.cue, self.turn = dict(LOOKS_AHEAD), 0, 0
        self.light: FloatArray | None = None

    def frame(self, answer: Answer) -> bytes:
        """See Player."""
        self.turn += 1
        self.follow(answer)
        actor = self.actor(answer)
        picture = actor.turned(**self.pose)
        if self.light is not None:
            picture = lit(picture, actor.points[:, :2], self.light)
        return as_frame(shaken(picture, self.turn, self.rng))

    @property
    def is_lost(self) -> bool:
        """Whether it has turned as far as it can, and that was not enough."""
        return any(abs(self.pose[axis]) >= MAX_PUPPET_DEGREES for axis in ("yaw", "pitch"))

    def actor(self, answer: Answer) -> Puppet:
        """The puppet that is shown after this answer."""
        return self.puppet

    def follow(self, answer: Answer) -> None:
        """Take the pose and the light that the server asks for, as far as one frame goes."""
        asked, self.light = answer.get("challenge"), None
        if asked is None or asked["kind"] == LIGHT:
            self.pose = dict(LOOKS_AHEAD)
            if asked:
                # EMITTED is in RGB, the picture in BGR.
                self.light = PAINTED_LIGHT * EMITTED[int(asked["target"])][::-1]
            return
        if answer["step"] != self.cue:
            self.cue, self.pose = answer["step"], dict(LOOKS_AHEAD)
        self._move(asked["kind"], (1 - asked["reached"]) * PUPPET_GAIN, asked["target"])

    def _move(self, movement: str, share: float, target: float) -> None:
        axis, sign = MOVEMENTS[movement]
        way = target - 1 if axis == "size" else target
        limit = {"size": 2.0, "shut": 1.0}.get(axis, MAX_PUPPET_DEGREES)
        self.pose[axis] = float(np.clip(self.pose[axis] + sign * share * way, -limit, limit))


class Splice(Puppeteer):
    """The person's face while it is compared; another's while movements are asked for."""

    def __init__(self, target: Target, rng: np.random.Generator) -> None:
        super().__init__(target, rng)
        self.other = target.other or self.puppet

    def actor(self, answer: Answer) -> Puppet:
        """See Puppeteer."""
        return self.other if answer.get("challenge") else self.puppet


class Recording:
    """A session in which a puppet answered other cues, sent again."""

    def __init__(self, target: Target, rng: np.random.Generator) -> None:
        player = Puppeteer(target, rng)
        self.frames, self.at = [player.frame({}) for _ in range(12)], -1
        movements = ("turn_left", "turn_right", "turn_up", "turn_down", "come_closer")
        for step, movement in enumerate(rng.permutation(movements), start=1):
            way = 1.3 if movement == "come_closer" else float(rng.choice([9.0, 13.0, 17.0]))
            for frame in range(8):
                cue = {"kind": str(movement), "target": way, "reached": min(1.0, frame / 4)}
                self.frames.append(player.frame({"step": step, "challenge": cue}))

    def frame(self, answer: Answer) -> bytes:
        """See Player."""
        self.at = (self.at + 1) % len(self.frames)
        return self.frames[self.at]


@dataclass(frozen=True)
class Instrument:
    """How to make a player for a target, and what the report says of it."""

    make: Callable[[Target, np.random.Generator], Player]
    simulated: bool
    needs_clip: bool = False


INSTRUMENTS = {
    "still": Instrument(Still, simulated=True),
    "print": Instrument(Printed, simulated=True),
    "screen": Instrument(OnScreen, simulated=True),
    "loop": Instrument(Loop, simulated=False, needs_clip=True),
    "replay": Instrument(Recording, simulated=True),
    "puppet": Instrument(Puppeteer, simulated=True),
    "splice": Instrument(Splice, simulated=True),
}


def staged(picture: PixelArray) -> PixelArray:
    """The whole picture in a webcam's frame, 640x480; its edges are repeated to fill the rest."""
    height, width = picture.shape[:2]
    scale = min(STAGE[0] / width, STAGE[1] / height)
    size = (round(width * scale), round(height * scale))
    fitted = cv2.resize(
        picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    )
    across, down = STAGE[0] - size[0], STAGE[1] - size[1]
    return np.asarray(
        cv2.copyMakeBorder(
            fitted,
            down // 2,
            down - down // 2,
            across // 2,
            across - across // 2,
            cv2.BORDER_REPLICATE,
        )
    )


def shaken(image: PixelArray, turn: int, rng: np.random.Generator) -> PixelArray:
    """The picture with a hand's tremor and a sensor's noise, so that no two frames are the same.

    `turn` is the frame's number. The size stays; it must not be larger than STAGE.
    """
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D(
        (width / 2, height / 2), 1.5 * np.sin(turn / 5), 1 + 0.02 * np.sin(turn / 7)
    )
    matrix[:, 2] += (5 * np.sin(turn / 4), 4 * np.cos(turn / 6))
    moved = cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    noise = _noise()
    top, left = (int(rng.integers(side)) for side in NOISE_MARGIN)
    part = noise[top : top + height, left : left + width]
    return np.asarray(cv2.add(moved, part, dtype=cv2.CV_8U))


@cache
def _noise() -> npt.NDArray[np.int16]:
    """A field of sensor noise, larger than a frame; each frame takes another part of it."""
    size = (STAGE[1] + NOISE_MARGIN[0], STAGE[0] + NOISE_MARGIN[1], 3)
    return np.random.default_rng(0).normal(0, 2.0, size).round().astype(np.int16)


def as_frame(image: PixelArray) -> bytes:
    """The JPEG that the page would send."""
    return encode_jpeg(BgrImage(image), quality=JPEG_QUALITY)
