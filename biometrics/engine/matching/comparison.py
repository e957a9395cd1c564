"""Similarity of templates, their fusion, and the search of one among many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine.errors import TemplateRefused
from biometrics.engine.types import Candidate, FusedReference, Template

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from biometrics.engine.types import FloatArray

# Cosines of unit vectors in float32 may leave -1..1 by rounding.
_FLOOR, _CEILING = -1.0, 1.0


def similarity(one: Template, other: Template) -> float:
    """Cosine of two templates, -1 to 1; raises TemplateRefused for different encoders."""
    _require_one_encoder((one, other))
    return max(_FLOOR, min(_CEILING, float(one.vector @ other.vector)))


def mean_template(templates: Sequence[Template]) -> Template:
    """The direction between the templates; raises TemplateRefused for none or a mixture."""
    _require_one_encoder(templates)
    total = np.sum([template.vector for template in templates], axis=0)
    length = float(np.linalg.norm(total))
    if length < 1e-6:
        raise TemplateRefused("the templates cancel each other out")
    first = templates[0]
    vector = np.asarray(total / length, dtype=np.float32)
    return Template(vector, first.encoder, first.encoder_sha256)


def fuse(templates: Sequence[Template], *, min_similarity: float) -> FusedReference:
    """One reference out of the largest set of templates that fit together.

    The template that most others resemble leads; those unlike it are reported, not averaged in.
    With two that differ there is no majority: the first is kept.
    """
    _require_one_encoder(templates)
    stacked = np.stack([template.vector for template in templates])
    alike = stacked @ stacked.T
    votes = (alike >= min_similarity).sum(axis=1)
    # Among templates with equally many friends, the one that resembles all the most.
    leader = max(range(len(templates)), key=lambda row: (votes[row], alike[row].sum(), -row))
    fits = alike[leader] >= min_similarity
    fits[leader] = True
    kept = tuple(int(row) for row in np.flatnonzero(fits))
    rejected = tuple(int(row) for row in np.flatnonzero(~fits))
    return FusedReference(mean_template([templates[row] for row in kept]), kept, rejected)


def _require_one_encoder(templates: Iterable[Template]) -> None:
    encoders = {(template.encoder_sha256, template.vector.shape) for template in templates}
    if not encoders:
        raise TemplateRefused("there is no template")
    if len(encoders) > 1:
        raise TemplateRefused("the templates were made by different encoders")


class GalleryMatrix:
    """Templates of one encoder as the rows of a matrix, for searches; rows keep their order."""

    def __init__(self, vectors: FloatArray, encoder_sha256: str) -> None:
        if vectors.ndim != 2:
            raise TemplateRefused("a gallery is a matrix")
        self.encoder_sha256 = encoder_sha256
        self._vectors = np.ascontiguousarray(vectors, dtype=np.float32)

    @classmethod
    def of(cls, templates: Sequence[Template]) -> GalleryMatrix:
        _require_one_encoder(templates)
        vectors = np.stack([template.vector for template in templates])
        return cls(vectors, templates[0].encoder_sha256)

    def __len__(self) -> int:
        return len(self._vectors)

    def search(self, probe: Template, *, most: int) -> tuple[Candidate, ...]:
        """The rows most like the probe, the best first."""
        if probe.encoder_sha256 != self.encoder_sha256:
            raise TemplateRefused("the gallery was made by another encoder")
        scores = self._vectors @ probe.vector
        most = min(most, len(scores))
        if not most:
            return ()
        rows = np.argpartition(-scores, most - 1)[:most]
        rows = rows[np.argsort(-scores[rows], kind="stable")]
        return tuple(Candidate(int(row), float(scores[row])) for row in rows)
