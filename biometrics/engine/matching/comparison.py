"""Compares templates, fuses several into one, and searches one template among many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine.errors import TemplateRefused
from biometrics.engine.types import Candidate, FusedReference, Template

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from biometrics.engine.types import FloatArray

# Rounding in float32 can bring the cosine of two unit vectors slightly beyond -1 or 1.
_FLOOR, _CEILING = -1.0, 1.0


def similarity(reference: Template, probe: Template) -> float:
    """Return the cosine of two templates, from -1 to 1, higher is more alike.

    Raises TemplateRefused if they were made by different encoders.
    """
    _require_one_encoder((reference, probe))
    return max(_FLOOR, min(_CEILING, float(reference.vector @ probe.vector)))


def mean_template(templates: Sequence[Template]) -> Template:
    """Return the mean of the templates, scaled to length one.

    Raises TemplateRefused if there is no template, if they were made by different encoders, or
    if they cancel each other out.
    """
    _require_one_encoder(templates)
    total = np.sum([template.vector for template in templates], axis=0)
    length = float(np.linalg.norm(total))
    if length < 1e-6:
        raise TemplateRefused("the templates cancel each other out")
    first = templates[0]
    vector = np.asarray(total / length, dtype=np.float32)
    return Template(vector, first.encoder, first.encoder_sha256)


def fuse(templates: Sequence[Template], *, min_similarity: float) -> FusedReference:
    """Make one reference of the largest set of templates that fit together.

    Two templates fit if their similarity, from -1 to 1, is at least `min_similarity`. The
    template that fits most others leads. Those that do not fit it are rejected: they are named in
    the result and are no part of the mean. If two templates differ there is no majority, and the
    first is kept. Raises TemplateRefused if there is no template, or if they were made by
    different encoders.
    """
    _require_one_encoder(templates)
    stacked = np.stack([template.vector for template in templates])
    alike = stacked @ stacked.T
    votes = (alike >= min_similarity).sum(axis=1)
    # If several templates fit equally many others, the one that resembles all of them most leads.
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
    """Templates of one encoder as the rows of a matrix, for fast searches."""

    def __init__(self, vectors: FloatArray, encoder_sha256: str) -> None:
        """`vectors` is (rows, n) float32, each row of length one.

        Raises TemplateRefused if it is not a matrix.
        """
        if vectors.ndim != 2:
            raise TemplateRefused("a gallery is a matrix")
        self.encoder_sha256 = encoder_sha256
        self._vectors = np.ascontiguousarray(vectors, dtype=np.float32)

    @classmethod
    def from_templates(cls, templates: Sequence[Template]) -> GalleryMatrix:
        """Stack the templates; row i is template i.

        Raises TemplateRefused if there is none or if they were made by different encoders.
        """
        _require_one_encoder(templates)
        vectors = np.stack([template.vector for template in templates])
        return cls(vectors, templates[0].encoder_sha256)

    def __len__(self) -> int:
        return len(self._vectors)

    def search(self, probe: Template, *, most: int) -> tuple[Candidate, ...]:
        """Return the `most` rows that are most like the probe, the best first.

        Raises TemplateRefused if the probe was made by another encoder than the gallery.
        """
        if probe.encoder_sha256 != self.encoder_sha256:
            raise TemplateRefused("the gallery was made by another encoder")
        scores = self._vectors @ probe.vector
        most = min(most, len(scores))
        if not most:
            return ()
        rows = np.argpartition(-scores, most - 1)[:most]
        rows = rows[np.argsort(-scores[rows], kind="stable")]
        return tuple(Candidate(int(row), float(scores[row])) for row in rows)
