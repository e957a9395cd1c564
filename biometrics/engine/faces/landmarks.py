"""Finds the face mesh of 468 points, and computes from it how the head is turned."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine.artifacts import load_artifact
from biometrics.engine.faces.square import square
from biometrics.engine.network import Network
from biometrics.engine.types import Box, Landmarks, Pose

if TYPE_CHECKING:
    from pathlib import Path

    from biometrics.engine.faces.detection import Detection
    from biometrics.engine.types import FloatArray, RgbImage

ARTIFACT = "face-mesh"
SIDE = 192
# The network was trained on squares whose side is 1.5 times that of the detector's box.
CONTEXT = 1.5
# The side of the same square over that of the mesh's bounds, which reach up to the hairline.
MESH_CONTEXT = 1.3

# Indices into the mesh. LEFT means left in the picture, which is the person's own right.
EYE_LEFT_OUTER, EYE_LEFT_INNER = 33, 133
EYE_RIGHT_INNER, EYE_RIGHT_OUTER = 362, 263
NOSE_TIP, NOSE_BASE = 4, 2
MOUTH_LEFT, MOUTH_RIGHT = 61, 291
FOREHEAD, CHIN = 10, 152
CHEEK_LEFT, CHEEK_RIGHT = 234, 454
# The pitch in degrees, measured from forehead to chin, of a head that looks straight ahead: the
# median of LFW.
NEUTRAL_PITCH = -5.0


class FaceMesh:
    """Finds the mesh of a face. Not safe to share between threads."""

    def __init__(self, network: Network) -> None:
        self._network = network

    @classmethod
    def load(cls, models_dir: Path) -> FaceMesh:
        """Raises ArtifactRefused if models/face-mesh.json or its file is not usable."""
        artifact = load_artifact(models_dir, ARTIFACT)
        return cls(Network(artifact, input_shape=(1, SIDE, SIDE, 3)))

    def locate(self, image: RgbImage, detection: Detection) -> Landmarks:
        """Return the mesh of a detected face."""
        left, right = detection.points[0], detection.points[1]
        turn = math.atan2(float(right[1] - left[1]), float(right[0] - left[0]))
        size = max(detection.box.width, detection.box.height) * CONTEXT
        return self._run(image, detection.box.centre, size, turn)

    def follow(self, image: RgbImage, previous: Box) -> Landmarks:
        """Return the mesh of a face that was at `previous`, the bounds of its last mesh.

        Its score is low if the face is no longer there.
        """
        size = max(previous.width, previous.height) * MESH_CONTEXT
        return self._run(image, previous.centre, size, 0.0)

    def _run(
        self, image: RgbImage, centre: tuple[float, float], size: float, turn: float
    ) -> Landmarks:
        crop, to_frame = square(image, centre, max(size, 8.0), turn, SIDE)
        points, logit = self._network.run(crop[None] * np.float32(1 / 255))
        mesh = points.reshape(468, 3)
        scale = np.float32(max(size, 8.0) / SIDE)
        frame = np.empty_like(mesh)
        frame[:, :2] = mesh[:, :2] @ to_frame[:, :2].T + to_frame[:, 2]
        frame[:, 2] = mesh[:, 2] * scale
        score = 1 / (1 + math.exp(-max(-80.0, min(80.0, float(logit.ravel()[0])))))
        return Landmarks(points=frame, score=score)


def bounds(landmarks: Landmarks) -> Box:
    """Return the rectangle around the mesh, in pixels of the frame."""
    left, top = landmarks.points[:, :2].min(axis=0).tolist()
    right, bottom = landmarks.points[:, :2].max(axis=0).tolist()
    return Box(left, top, right, bottom)


def five_points(landmarks: Landmarks) -> FloatArray:
    """Return (5, 2) float32, in pixels of the frame, left in the picture first.

    They are the centres of the eyes, the tip of the nose and the corners of the mouth.
    """
    mesh = landmarks.points[:, :2]
    return np.stack(
        [
            (mesh[EYE_LEFT_OUTER] + mesh[EYE_LEFT_INNER]) / 2,
            (mesh[EYE_RIGHT_INNER] + mesh[EYE_RIGHT_OUTER]) / 2,
            mesh[NOSE_TIP],
            mesh[MOUTH_LEFT],
            mesh[MOUTH_RIGHT],
        ]
    )


def pose(landmarks: Landmarks) -> Pose:
    """Compute how the head is turned, from the axes across and down the mesh."""
    mesh = landmarks.points
    across = mesh[EYE_RIGHT_OUTER] - mesh[EYE_LEFT_OUTER] + mesh[CHEEK_RIGHT] - mesh[CHEEK_LEFT]
    down = mesh[CHIN] - mesh[FOREHEAD]
    roll = math.atan2(float(across[1]), float(across[0]))
    # Depth grows away from the camera. When a person turns to the left, the side of the face that
    # is at the right of the picture moves away from the camera.
    yaw = math.atan2(float(across[2]), math.hypot(float(across[0]), float(across[1])))
    # When a person looks up, the chin is nearer to the camera than the forehead.
    pitch = math.atan2(float(-down[2]), math.hypot(float(down[0]), float(down[1])))
    return Pose(
        yaw=math.degrees(yaw), pitch=math.degrees(pitch) - NEUTRAL_PITCH, roll=math.degrees(roll)
    )
