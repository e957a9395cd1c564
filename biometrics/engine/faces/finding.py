"""The faces of a picture with their meshes, and the one among them that is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometrics.engine.faces import landmarks as mesh
from biometrics.engine.faces.detection import Detection
from biometrics.engine.types import Box, Face

if TYPE_CHECKING:
    from biometrics.engine.faces.detection import FaceDetector
    from biometrics.engine.faces.landmarks import FaceMesh
    from biometrics.engine.types import ImageArray, Landmarks

# A detection without a mesh in it is a pattern on a wall.
MIN_MESH_SCORE = 0.5
# A followed face must be surer than a found one: nothing else says that it is there.
MIN_FOLLOWED_SCORE = 0.8
# Meshes cost time; a frame with more faces than this is refused anyway.
MAX_MESHES = 4
# A face of at least this share of the largest one's area takes part in what is going on.
MIN_COMPARABLE_AREA = 0.25
# Two meshes that overlap this much are one face that was detected twice.
MAX_SAME_FACE_IOU = 0.4
# Faces that are small in a photograph are looked for in its parts.
TILES = 3
TILE_SHARE = 0.5


class FaceFinder:
    """Not safe to share between threads."""

    def __init__(self, detector: FaceDetector, meshes: FaceMesh) -> None:
        self._detector = detector
        self._meshes = meshes

    def find(self, image: ImageArray, *, previous: Box | None = None) -> tuple[Face, ...]:
        """The faces of a frame, the largest first.

        Where none is detected, the face that was last seen at `previous` is looked for there,
        and without one, a face that is far away in the middle.
        """
        faces = self._with_meshes(image, self._detector.detect(image))
        if faces:
            return faces
        if previous is None:
            return self._with_meshes(image, self._detect_in(image, _part(image, 0.5, 0.5)))
        found = self._meshes.follow(image, previous)
        if found.score < MIN_FOLLOWED_SCORE:
            return ()
        followed = described(found, score=found.score)
        return (followed,) if followed.box.iou(previous) > 0 else ()

    def search(self, image: ImageArray) -> tuple[Face, ...]:
        """The faces of a photograph, in which they may be small."""
        faces = self._with_meshes(image, self._detector.detect(image))
        if faces:
            return faces
        steps = [step / (TILES - 1) for step in range(TILES)]
        parts = [_part(image, across, down) for down in steps for across in steps]
        found = [one for part in parts for one in self._detect_in(image, part)]
        found.sort(key=lambda one: one.box.area, reverse=True)
        return self._with_meshes(image, tuple(found))

    def _detect_in(self, image: ImageArray, part: Box) -> tuple[Detection, ...]:
        left, top, right, bottom = map(int, (part.left, part.top, part.right, part.bottom))
        return tuple(
            _moved(one, left, top) for one in self._detector.detect(image[top:bottom, left:right])
        )

    def _with_meshes(
        self, image: ImageArray, detections: tuple[Detection, ...]
    ) -> tuple[Face, ...]:
        faces: list[Face] = []
        for detection in detections[:MAX_MESHES]:
            found = self._meshes.locate(image, detection)
            if found.score < MIN_MESH_SCORE:
                continue
            face = described(found, score=detection.score)
            if all(face.box.iou(other.box) < MAX_SAME_FACE_IOU for other in faces):
                faces.append(face)
        return tuple(sorted(faces, key=lambda face: face.box.area, reverse=True))


def described(found: Landmarks, *, score: float) -> Face:
    """A face with all that follows from its mesh."""
    return Face(
        box=mesh.bounds(found),
        score=score,
        landmarks=found,
        pose=mesh.pose(found),
    )


def the_one(faces: tuple[Face, ...]) -> Face | None:
    """The face to judge: the largest, if no other comes near it in size."""
    if not faces:
        return None
    limit = faces[0].box.area * MIN_COMPARABLE_AREA
    return None if any(face.box.area >= limit for face in faces[1:]) else faces[0]


def _part(image: ImageArray, across: float, down: float) -> Box:
    """A part of the picture, half as wide and high; 0 is at the left or top, 1 at the other end."""
    height, width = image.shape[:2]
    wide, high = width * TILE_SHARE, height * TILE_SHARE
    left, top = (width - wide) * across, (height - high) * down
    return Box(left, top, left + wide, top + high)


def _moved(one: Detection, left: float, top: float) -> Detection:
    box = one.box
    points = one.points.copy()
    points[:, 0] += left
    points[:, 1] += top
    moved = Box(box.left + left, box.top + top, box.right + left, box.bottom + top)
    return Detection(moved, one.score, points)
