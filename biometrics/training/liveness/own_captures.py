"""Where the shipped threshold stands among a site's own honest captures."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from biometrics.training.liveness.report import judged, share_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from biometrics.training.liveness.samples import Scored

ENOUGH = 20
# Above this share of refused frames the room or the camera is worth a look.
MOST_REFUSED = 0.04
QUANTILES = (0.01, 0.05, 0.25, 0.5)


class TooFewCaptures(ValueError):
    """There are fewer honest captures with a face than a statement needs."""


def standing(scored: Sequence[Scored], threshold: float) -> dict[str, Any]:
    """How many honest captures the site would refuse, and where their scores lie.

    Captures of attacks are passed over. `fitting` is the highest threshold that refuses at most
    MOST_REFUSED of these captures; a threshold below the shipped one lets more attacks pass, which
    captures of honest people cannot show. Raises TooFewCaptures for fewer than ENOUGH.
    """
    honest = [frame for frame in scored if frame.presentation.bona_fide]
    frames = judged([frame for frame in honest if frame.fit])
    if len(frames) < ENOUGH:
        raise TooFewCaptures(
            f"{len(frames)} captures of real faces are good enough to be judged; "
            f"{ENOUGH} are needed, better of {ENOUGH} people"
        )
    scores = np.array([frame.score for frame in frames])
    hints = Counter(str(frame.hint) for frame in honest if not frame.fit)
    return {
        "threshold": threshold,
        "captures": len(honest),
        "people": len({frame.person for frame in frames if frame.person}),
        "answered_with_a_hint": dict(sorted(hints.items())),
        "refused": share_of(frames, lambda frame: frame.score < threshold),
        "quantiles": {f"{part:.0%}": float(np.quantile(scores, part)) for part in QUANTILES},
        "cameras": dict(sorted(Counter(frame.groups["camera"] for frame in frames).items())),
        "fitting": float(np.quantile(scores, MOST_REFUSED, method="lower")),
    }
