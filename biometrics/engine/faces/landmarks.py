"""The 468-point face mesh, and the head turn that follows from it."""

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
    from biometrics.engine.types import FloatArray, ImageArray

ARTIFACT = "face-mesh"
SIDE = 192
# The network was trained on squares one and a half times the detector's box.
CONTEXT = 1.5
# The same square relative to the mesh's own bounds, which reach up to the hairline.
MESH_CONTEXT = 1.3

# Vertices of the mesh. "Picture left" is the person's own right.
EYE_LEFT_OUTER, EYE_LEFT_INNER = 33, 133
EYE_RIGHT_INNER, EYE_RIGHT_OUTER = 362, 263
NOSE_TIP, NOSE_BASE = 4, 2
MOUTH_LEFT, MOUTH_RIGHT = 61, 291
FOREHEAD, CHIN = 10, 152
CHEEK_LEFT, CHEEK_RIGHT = 234, 454
# Forehead to chin leans by this much on a head that looks straight ahead: the median of LFW.
NEUTRAL_PITCH = -5.0


class FaceMesh:
    """Not safe to share between threads."""

    def __init__(self, network: Network) -> None:
        self._network = network

    @classmethod
    def load(cls, models_dir: Path) -> FaceMesh:
        artifact = load_artifact(models_dir, ARTIFACT)
        return cls(Network(artifact, input_shape=(1, SIDE, SIDE, 3)))

    def locate(self, image: ImageArray, detection: Detection) -> Landmarks:
        """The mesh of a detected face; `score` says how surely there is one."""
        left, right = detection.points[0], detection.points[1]
        turn = math.atan2(float(right[1] - left[1]), float(right[0] - left[0]))
        size = max(detection.box.width, detection.box.height) * CONTEXT
        return self._run(image, detection.box.centre, size, turn)

    def follow(self, image: ImageArray, previous: Box) -> Landmarks:
        """The mesh of a face that was last seen at `previous` (bounds of its mesh)."""
        size = max(previous.width, previous.height) * MESH_CONTEXT
        return self._run(image, previous.centre, size, 0.0)

    def _run(
        self, image: ImageArray, centre: tuple[float, float], size: float, turn: float
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
    """The rectangle around the mesh."""
    left, top = landmarks.points[:, :2].min(axis=0).tolist()
    right, bottom = landmarks.points[:, :2].max(axis=0).tolist()
    return Box(left, top, right, bottom)


def five_points(landmarks: Landmarks) -> FloatArray:
    """(5, 2): eye centres, nose tip and mouth corners, picture left first."""
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
    """Head turn, from the axes across and down the mesh."""
    mesh = landmarks.points
    across = mesh[EYE_RIGHT_OUTER] - mesh[EYE_LEFT_OUTER] + mesh[CHEEK_RIGHT] - mesh[CHEEK_LEFT]
    down = mesh[CHIN] - mesh[FOREHEAD]
    roll = math.atan2(float(across[1]), float(across[0]))
    # Depth grows away from the camera: a turn to the person's left takes picture right away.
    yaw = math.atan2(float(across[2]), math.hypot(float(across[0]), float(across[1])))
    # A head that looks up has its chin nearer to the camera than its forehead.
    pitch = math.atan2(float(-down[2]), math.hypot(float(down[0]), float(down[1])))
    return Pose(
        yaw=math.degrees(yaw), pitch=math.degrees(pitch) - NEUTRAL_PITCH, roll=math.degrees(roll)
    )
