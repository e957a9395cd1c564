"""The pictures that a running face step holds in memory, until its verdict says what they are for.

Of a face step that is refused some may be kept as evidence. Of one in which a voter takes the first
photos, good ones become those photos. Of every other one nothing is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from biometrics.engine.session.stages import Closing, Matching
from biometrics.models import Purpose
from biometrics.verification import evidence

if TYPE_CHECKING:
    from biometrics.engine.session import State
    from biometrics.models import VerificationSession
    from biometrics.verification.evidence import FrameBuffer

# Good frames of the first stage. With those of the closing, photos are chosen among them.
MOST_MATCHING = 8


@dataclass(frozen=True, slots=True)
class Recording:
    """`matching` and `closing` are JPEGs of good frames, in which the voter looks at the camera.

    They are of one run through the stages: if the face step starts again, so does the recording.
    """

    keeps_evidence: bool = False
    keeps_photos: bool = False
    evidence: FrameBuffer = evidence.EMPTY
    matching: tuple[bytes, ...] = ()
    closing: tuple[bytes, ...] = ()

    def with_frame(self, jpeg: bytes, *, before: State, after: State) -> Recording:
        """Return the recording with one more frame; the states are those around that frame."""
        recording = self
        if self.keeps_evidence:
            kept = self.evidence.with_frame(jpeg, before=before, after=after)
            recording = replace(recording, evidence=kept)
        return recording._with_photo(jpeg, before, after) if self.keeps_photos else recording

    def _with_photo(self, jpeg: bytes, before: State, after: State) -> Recording:
        stage = after.stage
        if isinstance(stage, Matching):
            if not stage.matches:
                return replace(self, matching=(), closing=())
            return replace(self, matching=(*self.matching, jpeg)[-MOST_MATCHING:], closing=())
        if isinstance(before.stage, Matching):
            return replace(self, matching=(*self.matching, jpeg)[-MOST_MATCHING:])
        if isinstance(stage, Closing) and stage.closing:
            return replace(self, closing=(*self.closing, jpeg))
        return self

    @property
    def photos(self) -> tuple[bytes, ...]:
        """The good frames, the likeliest photos first, and each far from the one before.

        In the closing a head may still be on its way back from the last movement.
        """
        middle = len(self.matching) // 2
        chosen = (*self.matching[-1:], *self.matching[:1], *self.matching[middle : middle + 1])
        return tuple(dict.fromkeys((*chosen, *self.closing[::-1], *self.matching[::-1])))


def recording_for(session: VerificationSession) -> Recording:
    """What may be kept of this face step; of a camera check nothing is."""
    checking = session.purpose == Purpose.CHECK
    return Recording(
        keeps_evidence=evidence.keeps_frames() and not checking,
        keeps_photos=session.purpose == Purpose.ENROL,
    )
