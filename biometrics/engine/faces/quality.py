"""Judges whether a sample is good enough to be compared, and if not, what the person can do."""

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

    from biometrics.engine.types import Box, Face, PixelArray, RgbImage

CARD = "quality"
# A face whose luma varies by this much is lit as well as any.
FULL_SPREAD = 25.0
SEVERAL_FACES = Quality(Hint.SEVERAL_FACES, 0.0, 0.0, 0.0, 0.0)
UPSIDE_DOWN = Quality(Hint.UPSIDE_DOWN, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class QualityPolicy:
    """The limits, from models/quality.json."""

    min_face_share: float  # height of the face over the shorter side of the frame
    max_face_share: float
    min_face_pixels: float  # height of the face
    max_outside: float  # share of the mesh's points beyond the edges of the frame
    min_face_score: float  # score of the detector, 0 to 1
    min_mesh_score: float  # score of the mesh network, 0 to 1
    min_eye_shade: float  # luma of the eyes over that of the cheeks; lower with dark glasses
    max_shaded_contrast: float  # an eye in shade that shows more structure is open, as under a cap
    min_below_eyes: (
        float  # luma just below an eye over that of the cheek; lower behind dark glasses
    )
    min_eye_contrast: (
        float  # standard deviation of an eye's luma over the face's mean; lower when covered
    )
    min_mouth_edges: float  # edges of the mouth over those of the eyes; lower when covered
    max_chin_colour: float  # from the nose's colour to the chin's, in Lab; higher with a scarf
    max_yaw: float  # degrees, to either side
    max_pitch: float  # degrees, up or down
    min_eyes_open: float  # distance of the lids over the width of the eye, where it was measured
    min_lit_spread: float  # standard deviation of the face's luma; above it no face is too dark
    min_brightness: float  # mean luma of the face, 0 to 255
    max_brightness: float
    max_backlight: float  # luma of the surroundings over that of the face
    min_backlit_brightness: float  # a face that is this bright may stand against the light
    max_clipped: float  # share of the face that is pure white
    min_sharpness: float  # variance of the Laplacian over the variance of the picture
    # Of a picture in which no face was found.
    min_spread: float  # standard deviation of its luma; lower behind a closed cover
    min_scene_brightness: float  # mean luma; a face in a darker picture is not found


@dataclass(frozen=True, slots=True)
class Measurements:
    """What is measured on one face, in the units of QualityPolicy."""

    face_share: float
    face_pixels: float
    outside: float
    face_score: float
    mesh_score: float
    eye_shade: float
    eye_contrast: float
    below_eyes: float
    mouth_edges: float
    chin_colour: float
    yaw: float
    pitch: float
    eyes_open: float
    brightness: float
    spread: float
    backlight: float
    clipped: float
    sharpness: float


def load_policy(models_dir: Path, purpose: str) -> QualityPolicy:
    """Read the limits for a `purpose`: "frame" or "photo".

    Raises ArtifactRefused if models/quality.json is missing or lacks one of the limits.
    """
    card = read_card(models_dir, CARD)
    try:
        values = card[purpose]
        return QualityPolicy(
            **{item.name: float(values[item.name]) for item in fields(QualityPolicy)}
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactRefused(f"{CARD}.json lacks a cut for {purpose}: {error}") from None


def measure(image: RgbImage, face: Face) -> Measurements:
    """Measure one face of a picture. Raises ValueError if it has no landmarks or no pose."""
    if face.landmarks is None or face.pose is None:
        raise ValueError("the face has no mesh")
    height, width = image.shape[:2]
    points = face.landmarks.points
    beyond = (points[:, 0] < 0) | (points[:, 0] >= width) | (points[:, 1] < 0)
    beyond |= points[:, 1] >= height
    crop = align(image, face.landmarks, ARCFACE)
    grey = np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    inner = grey[28:104, 24:88]  # from brows to chin, without the background beside the cheeks
    brightness = float(inner.mean())
    return Measurements(
        face_share=face.box.height / min(height, width),
        face_pixels=face.box.height,
        outside=float(beyond.mean()),
        face_score=face.score,
        mesh_score=face.landmarks.score,
        eye_shade=_eye_shade(grey),
        eye_contrast=_eye_contrast(grey),
        below_eyes=_below_eyes(grey),
        mouth_edges=_mouth_edges(grey),
        chin_colour=_chin_colour(crop),
        yaw=face.pose.yaw,
        pitch=face.pose.pitch,
        eyes_open=OPEN if face.eyes_open is None else face.eyes_open,
        brightness=brightness,
        spread=float(inner.std()),
        backlight=_surroundings(image, face.box) / max(brightness, 1.0),
        clipped=float((inner >= 250).mean()),
        sharpness=_sharpness(inner),
    )


def judge_without_face(image: RgbImage, policy: QualityPolicy) -> Quality:
    """Say why there is no face: no picture at all, a dark room, or nobody before the camera."""
    step = max(1, image.shape[1] // 64)
    luma = cv2.cvtColor(np.ascontiguousarray(image[::step, ::step]), cv2.COLOR_RGB2GRAY)
    brightness, spread = float(luma.mean()), float(luma.std())
    hint = Hint.NO_FACE
    if spread < policy.min_spread:
        hint = Hint.NO_PICTURE
    elif brightness < policy.min_scene_brightness:
        hint = Hint.TOO_DARK
    return Quality(hint, 0.0, brightness, 0.0, 0.0)


def _surroundings(image: RgbImage, box: Box) -> float:
    """Return the mean brightness beside and above the face, from a thin sample of the pixels."""
    step = max(1, image.shape[1] // 64)
    sample = image[::step, ::step, 1].astype(np.float32)
    left, right = (int(max(0.0, edge) / step) for edge in (box.left, box.right))
    top, bottom = (int(max(0.0, edge) / step) for edge in (box.top, box.bottom))
    sample[top:, left:right] = np.nan  # leave out the face and the chest below it
    sample[bottom:] = np.nan
    known = sample[~np.isnan(sample)]
    return float(known.mean()) if known.size else 0.0


def _eye_shade(grey: PixelArray) -> float:
    """Return the luma of the darker eye over that of the cheek below it, on an aligned crop."""
    eyes = grey[46:58, 26:50], grey[46:58, 62:86]
    cheeks = grey[66:80, 26:46], grey[66:80, 66:86]
    return min(
        float(eye.mean()) / max(float(cheek.mean()), 1.0)
        for eye, cheek in zip(eyes, cheeks, strict=True)
    )


def _below_eyes(grey: PixelArray) -> float:
    """Return the luma of the skin just below an eye over that of the cheek, where it is darker.

    An open eye ends above it, however deep it lies; dark glasses reach further down, and what they
    mirror gives them as much structure as an eye.
    """
    skin = grey[58:63, 26:50], grey[58:63, 62:86]
    cheeks = grey[70:80, 26:50], grey[70:80, 62:86]
    return min(
        float(below.mean()) / max(float(cheek.mean()), 1.0)
        for below, cheek in zip(skin, cheeks, strict=True)
    )


def _eye_contrast(grey: PixelArray) -> float:
    """Return the contrast of the eye that has less of it, on an aligned crop.

    Lids, white and iris differ in brightness; a hand or a dark glass is even.
    """
    eyes = grey[47:56, 31:45], grey[47:56, 67:81]
    return min(float(eye.std()) for eye in eyes) / max(float(grey[28:104, 24:88].mean()), 1.0)


def _mouth_edges(grey: PixelArray) -> float:
    """Return how strong the level edges of the mouth are, over those of the eyes."""
    edges = np.abs(cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    return float(edges[82:102, 42:70].mean()) / max(float(edges[40:62, 26:86].mean()), 1.0)


def _chin_colour(crop: RgbImage) -> float:
    """Return the distance of the chin's colour from that of the bridge of the nose, in Lab."""
    lab = cv2.cvtColor(crop, cv2.COLOR_RGB2LAB).astype(np.float32)[..., 1:]
    nose, chin = lab[58:72, 46:66].reshape(-1, 2), lab[96:110, 44:68].reshape(-1, 2)
    return float(np.hypot(*(np.median(nose, axis=0) - np.median(chin, axis=0))))


def _sharpness(grey: PixelArray) -> float:
    """Return fine detail over contrast, so that flat light does not count as blur."""
    detail = float(cv2.Laplacian(grey, cv2.CV_32F).var())
    return detail / max(float(grey.var()), 25.0)


def judge(measured: Measurements, policy: QualityPolicy) -> Quality:
    """Hold the measurements against the limits; the hint names the fault to mend first."""
    return Quality(
        hint=next((hint for hint, wrong in _faults(measured, policy) if wrong), Hint.NONE),
        face_share=measured.face_share,
        brightness=measured.brightness,
        sharpness=measured.sharpness,
        score=_score(measured, policy),
    )


def _faults(face: Measurements, limit: QualityPolicy) -> tuple[tuple[Hint, bool], ...]:
    """Return each hint with whether it applies, in the order in which they should be mended."""
    small = face.face_share < limit.min_face_share or face.face_pixels < limit.min_face_pixels
    unsure = face.face_score < limit.min_face_score or face.mesh_score < limit.min_mesh_score
    # Deep eyes under a lamp, dark skin beside a window and rims of glasses shade the eyes too; but
    # there lids and iris still show, and the shade ends below the eye. A dark glass hides the one
    # or, where it mirrors something, only darkens what is below the eye.
    shaded = face.eye_shade < limit.min_eye_shade and (
        face.eye_contrast < limit.max_shaded_contrast or face.below_eyes < limit.min_below_eyes
    )
    hidden = (
        shaded
        or face.eye_contrast < limit.min_eye_contrast
        or face.mouth_edges < limit.min_mouth_edges
        or face.chin_colour > limit.max_chin_colour
    )
    # A dark skin is no fault: what counts is whether the face shows once it is made brighter.
    flat = face.spread < limit.min_lit_spread
    dark = flat and face.brightness < limit.min_brightness
    against_light = (
        flat
        and face.backlight > limit.max_backlight
        and face.brightness < limit.min_backlit_brightness
    )
    bright = face.brightness > limit.max_brightness or face.clipped > limit.max_clipped
    blurred = face.sharpness < limit.min_sharpness
    turned = abs(face.yaw) > limit.max_yaw or abs(face.pitch) > limit.max_pitch
    return (
        (Hint.COME_CLOSER, small),
        (Hint.MOVE_BACK, face.face_share > limit.max_face_share),
        (Hint.CENTRE, face.outside > limit.max_outside),
        (Hint.TURN_TO_LIGHT, against_light),
        (Hint.TOO_DARK, dark),
        (Hint.TOO_BRIGHT, bright),
        (Hint.LOOK_AT_CAMERA, turned),
        # A blurred face shows few edges, as a covered one does: only a sharp one tells.
        (Hint.COVERED, unsure or (hidden and not blurred)),
        (Hint.OPEN_EYES, face.eyes_open < limit.min_eyes_open),
        (Hint.BLURRED, blurred),
    )


def _score(face: Measurements, limit: QualityPolicy) -> float:
    """Return 0 to 1, to choose the best of several samples: frontal, sharp and well lit."""
    frontal = max(0.0, 1 - abs(face.yaw) / 90) * max(0.0, 1 - abs(face.pitch) / 90)
    sharp = min(1.0, face.sharpness / (4 * max(limit.min_sharpness, 1e-6)))
    lit = min(1.0, face.spread / FULL_SPREAD) * (1 - min(1.0, face.clipped))
    large = min(1.0, face.face_pixels / 112)
    sure = min(1.0, max(0.0, (face.face_score - 0.5) / 0.45))
    return float(frontal * (0.5 + 0.5 * sharp) * lit * large * sure)
