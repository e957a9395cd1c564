"""Is this sample fit to be compared, and if not, what can the person do about it?"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine.artifacts import read_card
from biometrics.engine.errors import ArtifactRefused
from biometrics.engine.faces.alignment import ARCFACE, align
from biometrics.engine.faces.eyes import OPEN
from biometrics.engine.types import Hint, Quality

if TYPE_CHECKING:
    from pathlib import Path

    from biometrics.engine.types import Box, Face, ImageArray

CARD = "quality"
NO_FACE = Quality(Hint.NO_FACE, 0.0, 0.0, 0.0, 0.0)
SEVERAL_FACES = Quality(Hint.SEVERAL_FACES, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class QualityPolicy:
    """Cuts, from models/quality.json, which says what they were calibrated on."""

    min_face_share: float  # height of the face over the shorter side of the frame
    max_face_share: float
    min_face_pixels: float  # height of the face
    max_outside: float  # share of the mesh beyond the edges of the frame
    min_face_score: float  # surety of the detector
    min_mesh_score: float
    min_eye_shade: float  # luma of the eyes over that of the cheeks: dark glasses
    max_yaw: float
    max_pitch: float
    min_eyes_open: float  # lid distance over eye width, where it was measured
    min_brightness: float  # mean luma of the face, 0 to 255
    max_brightness: float
    max_backlight: float  # luma of the surroundings over that of the face
    min_backlit_brightness: float  # a face that is this bright needs no other light
    max_clipped: float  # share of the face that is pure white
    min_sharpness: float  # variance of the Laplacian over the variance of the picture


@dataclass(frozen=True, slots=True)
class Measurements:
    """What is measured on one face."""

    face_share: float
    face_pixels: float
    outside: float
    face_score: float
    mesh_score: float
    eye_shade: float
    yaw: float
    pitch: float
    eyes_open: float
    brightness: float
    backlight: float
    clipped: float
    sharpness: float


def load_policy(models_dir: Path, purpose: str) -> QualityPolicy:
    """The cuts for `purpose`: "frame" or "photo"."""
    card = read_card(models_dir, CARD)
    try:
        values = card[purpose]
        return QualityPolicy(
            **{item.name: float(values[item.name]) for item in fields(QualityPolicy)}
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactRefused(f"{CARD}.json lacks a cut for {purpose}: {error}") from None


def measure(image: ImageArray, face: Face) -> Measurements:
    """`face` must have its landmarks and pose."""
    if face.landmarks is None or face.pose is None:
        raise ValueError("the face has no mesh")
    height, width = image.shape[:2]
    points = face.landmarks.points
    beyond = (points[:, 0] < 0) | (points[:, 0] >= width) | (points[:, 1] < 0)
    beyond |= points[:, 1] >= height
    crop = cv2.cvtColor(align(image, face.landmarks, ARCFACE), cv2.COLOR_RGB2GRAY)
    grey = np.asarray(crop, dtype=np.uint8)
    inner = grey[28:104, 24:88]  # brows to chin, without the background beside the cheeks
    brightness = float(inner.mean())
    return Measurements(
        face_share=face.box.height / min(height, width),
        face_pixels=face.box.height,
        outside=float(beyond.mean()),
        face_score=face.score,
        mesh_score=face.landmarks.score,
        eye_shade=_eye_shade(grey),
        yaw=face.pose.yaw,
        pitch=face.pose.pitch,
        eyes_open=OPEN if face.eyes_open is None else face.eyes_open,
        brightness=brightness,
        backlight=_surroundings(image, face.box) / max(brightness, 1.0),
        clipped=float((inner >= 250).mean()),
        sharpness=_sharpness(inner),
    )


def _surroundings(image: ImageArray, box: Box) -> float:
    """Mean luma beside and above the face, from a thin sample of the pixels."""
    step = max(1, image.shape[1] // 64)
    sample = image[::step, ::step, 1].astype(np.float32)
    left, right = (int(max(0.0, edge) / step) for edge in (box.left, box.right))
    top, bottom = (int(max(0.0, edge) / step) for edge in (box.top, box.bottom))
    sample[top:, left:right] = np.nan  # the face, and the chest below it
    sample[bottom:] = np.nan
    known = sample[~np.isnan(sample)]
    return float(known.mean()) if known.size else 0.0


def _eye_shade(grey: ImageArray) -> float:
    """The darker eye over the cheek below it, on an aligned crop."""
    eyes = grey[46:58, 26:50], grey[46:58, 62:86]
    cheeks = grey[66:80, 26:46], grey[66:80, 66:86]
    return min(
        float(eye.mean()) / max(float(cheek.mean()), 1.0)
        for eye, cheek in zip(eyes, cheeks, strict=True)
    )


def _sharpness(grey: ImageArray) -> float:
    """Fine detail over contrast, so that flat light does not count as blur."""
    detail = float(cv2.Laplacian(grey, cv2.CV_32F).var())
    return detail / max(float(grey.var()), 25.0)


def judge(measured: Measurements, policy: QualityPolicy) -> Quality:
    return Quality(
        hint=next((hint for hint, wrong in _faults(measured, policy) if wrong), Hint.NONE),
        face_share=measured.face_share,
        brightness=measured.brightness,
        sharpness=measured.sharpness,
        score=_score(measured, policy),
    )


def _faults(seen: Measurements, cut: QualityPolicy) -> tuple[tuple[Hint, bool], ...]:
    """What is wrong, the first thing to mend first."""
    small = seen.face_share < cut.min_face_share or seen.face_pixels < cut.min_face_pixels
    unsure = seen.face_score < cut.min_face_score or seen.mesh_score < cut.min_mesh_score
    shaded = seen.eye_shade < cut.min_eye_shade
    dark = seen.brightness < cut.min_brightness
    against_light = (
        seen.backlight > cut.max_backlight and seen.brightness < cut.min_backlit_brightness
    )
    bright = seen.brightness > cut.max_brightness or seen.clipped > cut.max_clipped
    turned = abs(seen.yaw) > cut.max_yaw or abs(seen.pitch) > cut.max_pitch
    return (
        (Hint.COME_CLOSER, small),
        (Hint.MOVE_BACK, seen.face_share > cut.max_face_share),
        (Hint.CENTRE, seen.outside > cut.max_outside),
        (Hint.TURN_TO_LIGHT, against_light),
        (Hint.TOO_DARK, dark),
        (Hint.TOO_BRIGHT, bright),
        (Hint.LOOK_AT_CAMERA, turned),
        (Hint.COVERED, unsure or shaded),
        (Hint.OPEN_EYES, seen.eyes_open < cut.min_eyes_open),
        (Hint.BLURRED, seen.sharpness < cut.min_sharpness),
    )


def _score(seen: Measurements, cut: QualityPolicy) -> float:
    """0 to 1, to choose the best of several samples: frontal, sharp, well lit."""
    frontal = max(0.0, 1 - abs(seen.yaw) / 90) * max(0.0, 1 - abs(seen.pitch) / 90)
    sharp = min(1.0, seen.sharpness / (4 * max(cut.min_sharpness, 1e-6)))
    lit = min(1.0, seen.brightness / 90) * (1 - min(1.0, seen.clipped))
    large = min(1.0, seen.face_pixels / 112)
    sure = min(1.0, max(0.0, (seen.face_score - 0.5) / 0.45))
    return float(frontal * (0.5 + 0.5 * sharp) * lit * large * sure)
