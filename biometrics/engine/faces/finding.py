"""Finds the faces of a picture with their meshes, and chooses the one that is judged."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine.faces import landmarks as mesh
from biometrics.engine.faces.detection import Detection
from biometrics.engine.types import Box, Face, RgbImage

if TYPE_CHECKING:
    from biometrics.engine.faces.detection import FaceDetector
    from biometrics.engine.faces.landmarks import FaceMesh
    from biometrics.engine.types import Landmarks

# If the mesh network is less sure than this, the detector took some pattern for a face.
MIN_MESH_SCORE = 0.5
# A followed face was not detected in this frame: only its mesh says that it is there. So the mesh
# network must be surer of it.
MIN_FOLLOWED_SCORE = 0.8
# Each mesh takes time, and a frame with more faces than this is refused anyway.
MAX_MESHES = 4
# A face with at least this share of the largest face's area counts as a second person in front
# of the camera; smaller faces are people in the background.
MIN_COMPARABLE_AREA = 0.25
# In a photo that an official adds, the larger face nearer to the middle is the subject while no
# other face has so much of its area.
MAX_BESIDE_SUBJECT = 0.6
# If two meshes overlap this much, one face was detected twice.
MAX_SAME_FACE_IOU = 0.4
# A photo in which no face is found is searched again in 3x3 overlapping parts, each half as wide
# and half as high: in a part, a small face is large enough for the detector.
TILES = 3
TILE_SHARE = 0.5
# The detector is surest of a face that stands upright: of 365 faces of LFW it was surer of each one
# upright than on its head, by 0.035 at the least. A photo is turned if it is surer by this.
MIN_SURER_TURNED = 0.03
# If the detector is this sure of a face in a webcam's frame, it does not stand on its head: then
# the detector is hardly ever so sure (LFW: 95 % below 0.78). Faces that are turned away score low.
SURE = 0.88
SURE_ON_ITS_HEAD = 0.85


class FaceFinder:
    """Finds faces and their meshes. Not safe to share between threads."""

    def __init__(self, detector: FaceDetector, meshes: FaceMesh) -> None:
        self._detector = detector
        self._meshes = meshes

    def find(self, image: RgbImage, *, previous: Box | None = None) -> tuple[Face, ...]:
        """Return the faces of a webcam frame, the largest first.

        `previous` is the box of the face in the frame before. If no face is detected, the mesh
        is placed at `previous`; the face is there if the mesh fits. Without a `previous`, the
        middle of the frame is searched for a face that is far from the camera.
        """
        faces = self._with_meshes(image, self._detector.detect(image))
        if faces:
            return faces
        if previous is None:
            return self._with_meshes(image, self._detect_in(image, _part(image, 0.5, 0.5)))
        landmarks = self._meshes.follow(image, previous)
        if landmarks.score < MIN_FOLLOWED_SCORE:
            return ()
        followed = face_of(landmarks, score=landmarks.score)
        return (followed,) if followed.box.iou(previous) > 0 else ()

    def search(self, image: RgbImage) -> tuple[Face, ...]:
        """Return the faces of a photo, the largest first; they may be small."""
        faces = self._with_meshes(image, self._detector.detect(image))
        if faces:
            return faces
        steps = [step / (TILES - 1) for step in range(TILES)]
        parts = [_part(image, across, down) for down in steps for across in steps]
        detections = [face for part in parts for face in self._detect_in(image, part)]
        detections.sort(key=lambda face: face.box.area, reverse=True)
        return self._with_meshes(image, tuple(detections))

    def search_upright(self, image: RgbImage) -> tuple[RgbImage, tuple[Face, ...]]:
        """Turn a photo by quarters until its faces stand upright; return it with its faces.

        Many photos have lost the note of how the camera was held. The template of a face on its
        head does not stand for its person.
        """
        turned = [
            RgbImage(np.ascontiguousarray(np.rot90(image, quarters))) for quarters in range(4)
        ]
        found = [self.search(picture) for picture in turned]
        scores = [faces[0].score if faces else 0.0 for faces in found]
        best = max(range(4), key=scores.__getitem__)
        chosen = best if scores[best] >= scores[0] + MIN_SURER_TURNED else 0
        return turned[chosen], found[chosen]

    def is_upside_down(self, image: RgbImage, face: Face | None) -> bool:
        """Whether a webcam's frame, in which `face` was found, shows somebody on the head."""
        if face is not None and face.score >= SURE:
            return False
        turned = self._detector.detect(
            RgbImage(np.ascontiguousarray(image[::-1, ::-1])), min_score=SURE_ON_ITS_HEAD
        )
        return any(other.score > (face.score if face else 0.0) for other in turned)

    def _detect_in(self, image: RgbImage, part: Box) -> tuple[Detection, ...]:
        left, top, right, bottom = map(int, (part.left, part.top, part.right, part.bottom))
        detections = self._detector.detect(RgbImage(image[top:bottom, left:right]))
        return tuple(_moved(detection, left, top) for detection in detections)

    def _with_meshes(self, image: RgbImage, detections: tuple[Detection, ...]) -> tuple[Face, ...]:
        faces: list[Face] = []
        for detection in detections[:MAX_MESHES]:
            landmarks = self._meshes.locate(image, detection)
            if landmarks.score < MIN_MESH_SCORE:
                continue
            face = face_of(landmarks, score=detection.score)
            if all(face.box.iou(other.box) < MAX_SAME_FACE_IOU for other in faces):
                faces.append(face)
        return tuple(sorted(faces, key=lambda face: face.box.area, reverse=True))


def face_of(landmarks: Landmarks, *, score: float) -> Face:
    """Make a face of its mesh: the box and the pose follow from it. `score` is from 0 to 1."""
    return Face(
        box=mesh.bounds(landmarks),
        score=score,
        landmarks=landmarks,
        pose=mesh.pose(landmarks),
    )


def face_to_judge(faces: tuple[Face, ...]) -> Face | None:
    """Return the largest face, None if there is none or if another is nearly as large.

    `faces` are ordered by size, the largest first.
    """
    if not faces:
        return None
    limit = faces[0].box.area * MIN_COMPARABLE_AREA
    return None if any(face.box.area >= limit for face in faces[1:]) else faces[0]


def subject_of(faces: tuple[Face, ...], *, width: int, height: int) -> Face | None:
    """Return the face whose portrait a photo of `width` by `height` pixels clearly is, or None.

    It is the largest face, if it is much larger than every other one or if it is larger and stands
    nearer to the middle. `faces` are ordered by size, the largest first.
    """
    if not faces:
        return None
    largest, *others = faces
    for other in others:
        share = other.box.area / max(largest.box.area, 1.0)
        nearer = _off_middle(largest, width, height) < _off_middle(other, width, height)
        if share >= MAX_BESIDE_SUBJECT or (share >= MIN_COMPARABLE_AREA and not nearer):
            return None
    return largest


def _off_middle(face: Face, width: int, height: int) -> float:
    """How far a face is from the middle, in shares of the picture's half diagonal."""
    across, down = face.box.centre
    return math.hypot(across - width / 2, down - height / 2) / math.hypot(width / 2, height / 2)


def _part(image: RgbImage, across: float, down: float) -> Box:
    """Return a part of the picture, half as wide and half as high.

    `across` and `down` say where it lies: 0 is at the left or top, 1 at the right or bottom.
    """
    height, width = image.shape[:2]
    wide, high = width * TILE_SHARE, height * TILE_SHARE
    left, top = (width - wide) * across, (height - high) * down
    return Box(left, top, left + wide, top + high)


def _moved(detection: Detection, left: float, top: float) -> Detection:
    box = detection.box
    points = detection.points.copy()
    points[:, 0] += left
    points[:, 1] += top
    moved = Box(box.left + left, box.top + top, box.right + left, box.bottom + top)
    return Detection(moved, detection.score, points)
