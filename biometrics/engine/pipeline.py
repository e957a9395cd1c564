"""Takes one frame or one photo through all steps of the engine."""

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
from biometrics.engine.faces.finding import FaceFinder, face_to_judge
from biometrics.engine.faces.fingerprint import fingerprint, scene
from biometrics.engine.faces.landmarks import ARTIFACT as MESH
from biometrics.engine.faces.landmarks import FaceMesh
from biometrics.engine.faces.tint import tint
from biometrics.engine.images import decode_frame, decode_photo
from biometrics.engine.matching import comparison
from biometrics.engine.matching.encoding import Encoder
from biometrics.engine.matching.operating_point import load_operating_point
from biometrics.engine.pad.motion import view_of
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
    from biometrics.engine.types import Box, Candidate, Face, PadModel, Quality, RgbImage


class Engine:
    """Everything that judges faces. Networks hold state, so each worker thread loads its own.

    `point` holds the thresholds, `hashes` the SHA-256 of every model file by its name.
    `encoder_name` and `encoder_sha256` are those of the templates that it makes.
    """

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
        """Check every model file against its card, and run each network once.

        `encoder` is a name in models/encoder.json; None takes the default of that file. If `pad`
        is False there is no presentation attack detection, and FrameResult.pad stays None. A
        missing file never switches it off. Raises ArtifactRefused if a model file or a card is
        missing or not as it should be.
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
        """Judge one webcam frame.

        `previous` is the box of the judged face in the frame before. `eyes` asks for how far the
        eyes are open, which takes about a millisecond; `lit` asks for the tint of the face.
        Raises ImageRefused for bytes that are not an acceptable frame (see `decode_frame`).
        """
        image = decode_frame(jpeg)
        faces = self._finder.find(image, previous=previous)
        face = self._with_eyes(image, face_to_judge(faces)) if eyes else face_to_judge(faces)
        verdict = self._judge(image, faces, face, self._frame_policy)
        if len(faces) < 2 and self._finder.is_upside_down(image, face):
            faces, face, verdict = (), None, quality.UPSIDE_DOWN
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
            view=view_of(image, face.box) if fit and face else None,
            tint=tint(image, face.landmarks) if lit and face and face.landmarks else None,
        )

    def enrol(self, photo: bytes) -> EnrolmentSample:
        """Judge one uploaded photo and make its template.

        Raises ImageRefused for bytes that are not an acceptable photo (see `decode_photo`).
        """
        image, faces = self._finder.search_upright(decode_photo(photo))
        face = self._with_eyes(image, face_to_judge(faces))
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
        """Compare one frame with a reference, at the threshold for one frame.

        Raises TemplateRefused if one of them was made by another encoder.
        """
        self._require_own(reference)
        return Comparison(comparison.similarity(reference, probe), self.point.frame)

    def compare_fused(self, reference: Template, probes: Sequence[Template]) -> Comparison:
        """Compare the mean of several frames with a reference, at the threshold for means.

        Raises TemplateRefused if there is no frame, or if one of the templates was made by
        another encoder.
        """
        self._require_own(reference)
        probe = comparison.mean_template(probes)
        return Comparison(comparison.similarity(reference, probe), self.point.fused)

    def fuse(self, templates: Sequence[Template]) -> FusedReference:
        """Make one reference from the templates of a voter's photos.

        Templates that do not fit the others are not used; the result names them. Raises
        TemplateRefused if there is none or if they were made by different encoders.
        """
        return comparison.fuse(templates, min_similarity=self.point.same_person)

    def identify(self, probe: Template, gallery: Mapping[int, Template]) -> int | None:
        """Return the key of the most similar template, None if it is below the search threshold.

        Raises TemplateRefused if one of the templates was made by another encoder.
        """
        if not gallery:
            return None
        keys = tuple(gallery)
        matrix = comparison.GalleryMatrix.from_templates(tuple(gallery.values()))
        (best,) = self.search(probe, matrix, most=1)
        return keys[best.row] if best.score >= self.point.search else None

    def search(
        self, probe: Template, gallery: comparison.GalleryMatrix, *, most: int = 10
    ) -> tuple[Candidate, ...]:
        """Return the `most` rows that are most like the probe, the best first (1:N search).

        Raises TemplateRefused if the probe or the gallery was made by another encoder.
        """
        self._require_own(probe)
        return gallery.search(probe, most=most)

    def _require_own(self, template: Template) -> None:
        if template.encoder_sha256 != self.encoder_sha256:
            raise TemplateRefused("the template was made by another encoder")

    def _with_eyes(self, image: RgbImage, face: Face | None) -> Face | None:
        if face is None or face.landmarks is None:
            return face
        return replace(face, eyes_open=self._eyes.openness(image, face.landmarks))

    def _judge(
        self,
        image: RgbImage,
        faces: tuple[Face, ...],
        face: Face | None,
        policy: QualityPolicy,
    ) -> Quality:
        if face is None:
            return quality.SEVERAL_FACES if faces else quality.judge_without_face(image, policy)
        return quality.judge(quality.measure(image, face), policy)

    def _encode(self, image: RgbImage, face: Face | None) -> Template | None:
        if face is None or face.landmarks is None:
            return None
        return self._encoder.encode(image, face.landmarks)

    def _detect_attack(self, image: RgbImage, face: Face | None) -> PadResult | None:
        if self._pad is None or face is None:
            return None
        return PadResult(self._pad.score(image, face.box), self._pad.threshold)
