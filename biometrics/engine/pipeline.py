"""One frame, or one photograph, through all of the engine: one function a step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from biometrics.engine.artifacts import load_artifact
from biometrics.engine.errors import TemplateRefused
from biometrics.engine.faces import quality
from biometrics.engine.faces.detection import ARTIFACT as DETECTION
from biometrics.engine.faces.detection import FaceDetector
from biometrics.engine.faces.eyes import ARTIFACT as EYES
from biometrics.engine.faces.eyes import EyeContours
from biometrics.engine.faces.finding import FaceFinder, the_one
from biometrics.engine.faces.fingerprint import fingerprint, scene
from biometrics.engine.faces.landmarks import ARTIFACT as MESH
from biometrics.engine.faces.landmarks import FaceMesh
from biometrics.engine.faces.tint import tint
from biometrics.engine.images import decode_frame, decode_photo
from biometrics.engine.matching import comparison
from biometrics.engine.matching.encoding import Encoder
from biometrics.engine.matching.operating_point import load_operating_point
from biometrics.engine.pad.texture import TexturePad
from biometrics.engine.types import (
    Comparison,
    EnrolmentSample,
    FrameResult,
    FusedReference,
    PadResult,
    Template,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from biometrics.engine.faces.quality import QualityPolicy
    from biometrics.engine.matching.operating_point import OperatingPoint
    from biometrics.engine.types import Box, Candidate, Face, ImageArray, PadModel, Quality


class Engine:
    """Everything that judges faces. Load one for each worker thread: networks hold state."""

    def __init__(
        self,
        *,
        finder: FaceFinder,
        eyes: EyeContours,
        encoder: Encoder,
        point: OperatingPoint,
        frame_policy: QualityPolicy,
        photo_policy: QualityPolicy,
        pad: PadModel | None,
        hashes: Mapping[str, str],
    ) -> None:
        self._finder = finder
        self._eyes = eyes
        self._encoder = encoder
        self.point = point
        self._frame_policy = frame_policy
        self._photo_policy = photo_policy
        self._pad = pad
        self.encoder_name = encoder.name
        self.encoder_sha256 = encoder.sha256
        self.hashes = hashes

    @classmethod
    def load(cls, models_dir: Path, *, encoder: str | None = None, pad: bool = True) -> Engine:
        """Check every artifact against its card and warm the networks; raises ArtifactRefused.

        `encoder` is a name in models/encoder.json, its default if None. Without `pad` there is
        no presentation attack detection and FrameResult.pad stays None; it is never left out
        because a file is missing.
        """
        chosen = Encoder.load(models_dir, encoder)
        texture = TexturePad.load(models_dir) if pad else None
        hashes = {name: load_artifact(models_dir, name).sha256 for name in (DETECTION, MESH, EYES)}
        hashes |= chosen.hashes
        if texture is not None:
            hashes["liveness"] = texture.sha256
        return cls(
            finder=FaceFinder(FaceDetector.load(models_dir), FaceMesh.load(models_dir)),
            eyes=EyeContours.load(models_dir),
            encoder=chosen,
            point=load_operating_point(models_dir, chosen.name, chosen.sha256),
            frame_policy=quality.load_policy(models_dir, "frame"),
            photo_policy=quality.load_policy(models_dir, "photo"),
            pad=texture,
            hashes=hashes,
        )

    def process(
        self,
        jpeg: bytes,
        *,
        previous: Box | None = None,
        eyes: bool = False,
        lit: bool = False,
    ) -> FrameResult:
        """One webcam frame; `previous` is where the judged face was in the frame before.

        `eyes` asks how far they are open, which costs a millisecond, `lit` for the tint. Raises
        ImageRefused for bytes that are not an acceptable frame.
        """
        image = decode_frame(jpeg)
        faces = self._finder.find(image, previous=previous)
        face = self._with_eyes(image, the_one(faces)) if eyes else the_one(faces)
        verdict = self._judge(image, faces, face, self._frame_policy)
        fit = face is not None and verdict.acceptable
        return FrameResult(
            width=image.shape[1],
            height=image.shape[0],
            faces=faces,
            face=face,
            quality=verdict,
            template=self._encode(image, face) if fit else None,
            pad=self._detect_attack(image, face) if fit else None,
            fingerprint=fingerprint(image, face.box if face else None),
            scene=scene(image),
            tint=tint(image, face.landmarks) if lit and face and face.landmarks else None,
        )

    def enrol(self, photo: bytes) -> EnrolmentSample:
        """One uploaded photograph; raises ImageRefused for bytes that are not one."""
        image = decode_photo(photo)
        faces = self._finder.search(image)
        face = self._with_eyes(image, the_one(faces))
        verdict = self._judge(image, faces, face, self._photo_policy)
        template = None
        if face is not None and face.landmarks is not None and verdict.acceptable:
            template = self._encoder.encode_both_ways(image, face.landmarks)
        return EnrolmentSample(
            width=image.shape[1],
            height=image.shape[0],
            box=face.box if face else None,
            quality=verdict,
            template=template,
            refusal=None if verdict.acceptable else verdict.hint,
        )

    def compare(self, reference: Template, probe: Template) -> Comparison:
        """One frame against a reference; raises TemplateRefused for another encoder's."""
        self._require_own(reference)
        return Comparison(comparison.similarity(reference, probe), self.point.frame)

    def compare_fused(self, reference: Template, probes: Sequence[Template]) -> Comparison:
        """The mean of several frames against a reference, at the fused operating point."""
        self._require_own(reference)
        probe = comparison.mean_template(probes)
        return Comparison(comparison.similarity(reference, probe), self.point.fused)

    def fuse(self, templates: Sequence[Template]) -> FusedReference:
        """One reference out of a voter's photos; those that do not fit are named, not used."""
        return comparison.fuse(templates, min_similarity=self.point.same_person)

    def identify(self, probe: Template, gallery: Mapping[int, Template]) -> int | None:
        """The key of the most similar template, if it matches at the point for searches."""
        if not gallery:
            return None
        keys = tuple(gallery)
        matrix = comparison.GalleryMatrix.of(tuple(gallery.values()))
        (best,) = self.search(probe, matrix, most=1)
        return keys[best.row] if best.score >= self.point.search else None

    def search(
        self, probe: Template, gallery: comparison.GalleryMatrix, *, most: int = 10
    ) -> tuple[Candidate, ...]:
        """Ranked 1:N search."""
        self._require_own(probe)
        return gallery.search(probe, most=most)

    def _require_own(self, template: Template) -> None:
        if template.encoder_sha256 != self.encoder_sha256:
            raise TemplateRefused("the template was made by another encoder")

    def _with_eyes(self, image: ImageArray, face: Face | None) -> Face | None:
        if face is None or face.landmarks is None:
            return face
        return replace(face, eyes_open=self._eyes.openness(image, face.landmarks))

    def _judge(
        self,
        image: ImageArray,
        faces: tuple[Face, ...],
        face: Face | None,
        policy: QualityPolicy,
    ) -> Quality:
        if face is None:
            return quality.SEVERAL_FACES if faces else quality.NO_FACE
        return quality.judge(quality.measure(image, face), policy)

    def _encode(self, image: ImageArray, face: Face | None) -> Template | None:
        if face is None or face.landmarks is None:
            return None
        return self._encoder.encode(image, face.landmarks)

    def _detect_attack(self, image: ImageArray, face: Face | None) -> PadResult | None:
        if self._pad is None or face is None:
            return None
        return PadResult(self._pad.score(image, face.box), self._pad.threshold)
