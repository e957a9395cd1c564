"""Attack instruments that play before the socket: each gives the next frame, told the last answer.

The simulated ones say so in KINDS. All are given the pictures of the person under attack.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from biometrics.engine.pad.coloured_light import EMITTED
from biometrics.protocol import LIGHT
from biometrics.training import recapture
from biometrics.training.lighting import lit
from biometrics.training.puppet import Puppet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from biometrics.engine.types import FloatArray, ImageArray, Landmarks

    Answer = Mapping[str, Any]

STAGE = (640, 480)
JPEG_QUALITY = 85
NOISE_MARGIN = (64, 64)
# How much of the missing way a puppet goes from frame to frame: about as quick as a head.
PUPPET_GAIN = 0.35
MAX_PUPPET_DEGREES = 60.0
# What it paints on itself of the page's light.
PAINTED_LIGHT = 0.1
LOOKS_AHEAD = {"yaw": 0.0, "pitch": 0.0, "size": 1.0, "shut": 0.0}


@dataclass(frozen=True)
class Target:
    """The person under attack: a still with its mesh, BGR, and a clip where there is one."""

    still: ImageArray
    landmarks: Landmarks
    clip: Sequence[ImageArray] = ()
    other: Puppet | None = None


class Still:
    """One photo through a virtual camera, with the noise and the shake of a real one."""

    def __init__(self, target: Target, rng: np.random.Generator) -> None:
        self.image, self.rng, self.turn = self.picture(target.still, rng), rng, 0

    def picture(self, still: ImageArray, rng: np.random.Generator) -> ImageArray:
        return still

    def frame(self, answer: Answer) -> bytes:
        self.turn += 1
        return as_jpeg(shaken(self.image, self.turn, self.rng))


class Printed(Still):
    def picture(self, still: ImageArray, rng: np.random.Generator) -> ImageArray:
        return recapture.printed(still, rng)


class OnScreen(Still):
    def picture(self, still: ImageArray, rng: np.random.Generator) -> ImageArray:
        return recapture.on_screen(still, rng)


class Loop:
    """A clip of the person, from a random place, over and over: real footage, right face."""

    def __init__(self, target: Target, rng: np.random.Generator) -> None:
        self.clip, self.at = target.clip, int(rng.integers(max(1, len(target.clip))))

    def frame(self, answer: Answer) -> bytes:
        self.at = (self.at + 1) % len(self.clip)
        return as_jpeg(self.clip[self.at])


class Puppeteer:
    """A photo that does what the server asks for, guided by the server's own answers."""

    def __init__(self, target: Target, rng: np.random.Generator) -> None:
        self.puppet, self.rng = Puppet.of(target.still, target.landmarks), rng
        self.pose, self.cue, self.turn = dict(LOOKS_AHEAD), 0, 0
        self.light: FloatArray | None = None

    def frame(self, answer: Answer) -> bytes:
        self.turn += 1
        self.follow(answer)
        actor = self.actor(answer)
        picture = actor.turned(**self.pose)
        if self.light is not None:
            picture = lit(picture, actor.points[:, :2], self.light)
        return as_jpeg(shaken(picture, self.turn, self.rng))

    @property
    def is_lost(self) -> bool:
        """It has turned as far as it goes, and that was not enough."""
        return any(abs(self.pose[axis]) >= MAX_PUPPET_DEGREES for axis in ("yaw", "pitch"))

    def actor(self, answer: Answer) -> Puppet:
        return self.puppet

    def follow(self, answer: Answer) -> None:
        asked, self.light = answer.get("challenge"), None
        if asked is None or asked["kind"] == LIGHT:
            self.pose = dict(LOOKS_AHEAD)
            if asked:
                # The picture's colours stand the other way round.
                self.light = PAINTED_LIGHT * EMITTED[int(asked["target"])][::-1]
            return
        if answer["step"] != self.cue:
            self.cue, self.pose = answer["step"], dict(LOOKS_AHEAD)
        self._go(asked["kind"], (1 - asked["reached"]) * PUPPET_GAIN, asked["target"])

    def _go(self, kind: str, share: float, target: float) -> None:
        axis, sign = {
            "turn_left": ("yaw", 1),
            "turn_right": ("yaw", -1),
            "turn_up": ("pitch", 1),
            "turn_down": ("pitch", -1),
            "come_closer": ("size", 1),
            "close_eyes": ("shut", 1),
        }[kind]
        way = target - 1 if axis == "size" else target
        limit = {"size": 2.0, "shut": 1.0}.get(axis, MAX_PUPPET_DEGREES)
        self.pose[axis] = float(np.clip(self.pose[axis] + sign * share * way, -limit, limit))


class Splice(Puppeteer):
    """The person's face where it is compared, somebody else's where movements are asked for."""

    def __init__(self, target: Target, rng: np.random.Generator) -> None:
        super().__init__(target, rng)
        self.other = target.other or self.puppet

    def actor(self, answer: Answer) -> Puppet:
        return self.other if answer.get("challenge") else self.puppet


class Recording:
    """A session that did what other cues asked for, sent again: the puppet's, so that it fits."""

    def __init__(self, target: Target, rng: np.random.Generator) -> None:
        player = Puppeteer(target, rng)
        self.frames, self.at = [player.frame({}) for _ in range(12)], -1
        kinds = ("turn_left", "turn_right", "turn_up", "turn_down", "come_closer")
        for step, kind in enumerate(rng.permutation(kinds), start=1):
            way = 1.3 if kind == "come_closer" else float(rng.choice([9.0, 13.0, 17.0]))
            for frame in range(8):
                cue = {"kind": str(kind), "target": way, "reached": min(1.0, frame / 4)}
                self.frames.append(player.frame({"step": step, "challenge": cue}))

    def frame(self, answer: Answer) -> bytes:
        self.at = (self.at + 1) % len(self.frames)
        return self.frames[self.at]


@dataclass(frozen=True)
class Kind:
    make: Callable[[Target, np.random.Generator], Any]
    simulated: bool
    needs_clip: bool = False


KINDS = {
    "still": Kind(Still, simulated=True),
    "print": Kind(Printed, simulated=True),
    "screen": Kind(OnScreen, simulated=True),
    "loop": Kind(Loop, simulated=False, needs_clip=True),
    "replay": Kind(Recording, simulated=True),
    "puppet": Kind(Puppeteer, simulated=True),
    "splice": Kind(Splice, simulated=True),
}


def staged(picture: ImageArray) -> ImageArray:
    """A picture in a webcam's frame, the rest filled from its edges."""
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


def shaken(image: ImageArray, turn: int, rng: np.random.Generator) -> ImageArray:
    """A hand's tremor and a sensor's noise, so that no two frames are the same."""
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
    """One field of a sensor's noise; each frame takes another part of it."""
    size = (STAGE[1] + NOISE_MARGIN[0], STAGE[0] + NOISE_MARGIN[1], 3)
    return np.random.default_rng(0).normal(0, 2.0, size).round().astype(np.int16)


def as_jpeg(image: ImageArray) -> bytes:
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()
