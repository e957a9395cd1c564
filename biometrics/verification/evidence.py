"""Keeps encrypted frames of refused attempts for EVIDENCE_DAYS; none if that setting is 0."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings

from accounts.at_rest.sealing import keyring
from biometrics.models import EvidenceFrame

if TYPE_CHECKING:
    from datetime import datetime

    from biometrics.engine.session import State
    from biometrics.models import VerificationSession

MOST_FRAMES = 6


@dataclass(frozen=True, slots=True)
class FrameBuffer:
    """The frames of a running attempt that would be kept if it were refused; in memory only.

    `against` are the last JPEGs that counted against the attempt, `last` is the newest JPEG.
    """

    against: tuple[bytes, ...] = ()
    last: bytes = b""

    def with_frame(self, jpeg: bytes, *, before: State, after: State) -> FrameBuffer:
        """Return the buffer with one more frame; the states are those around that frame."""
        if not counts_against(before, after):
            return replace(self, last=jpeg)
        return replace(self, against=(*self.against, jpeg)[-MOST_FRAMES:], last=jpeg)

    @property
    def frames(self) -> tuple[bytes, ...]:
        """The frames to keep: those that counted against the attempt, or else the last one."""
        return self.against or ((self.last,) if self.last else ())


EMPTY = FrameBuffer()


def counts_against(before: State, after: State) -> bool:
    """Say whether a frame made it likelier that the attempt is refused."""
    return _faults(after) > _faults(before)


def _faults(state: State) -> int:
    counted = state.attacks + state.mismatches + state.stills + state.breaks
    return counted + state.watch.cuts + state.movement_mistakes


def keeps_frames() -> bool:
    """Say whether this site keeps frames of refused attempts at all."""
    return settings.EVIDENCE_DAYS > 0


def keep(session: VerificationSession, buffer: FrameBuffer, *, now: datetime) -> None:
    """Store the frames of a refused attempt, in the transaction that stores its verdict."""
    if not keeps_frames():
        return
    for number, jpeg in enumerate(buffer.frames, start=1):
        frame = EvidenceFrame(session=session, user=session.user, number=number, kept_at=now)
        frame.sealed = keyring().seal(jpeg, bound_to=binding(frame))
        frame.save(force_insert=True)


def read(frame: EvidenceFrame) -> bytes:
    """Return the JPEG. Raises SealBroken if the row was altered or is another session's."""
    return keyring().unseal(bytes(frame.sealed), bound_to=binding(frame))


def purge(*, now: datetime) -> None:
    """Delete the frames that are too old; all of them if EVIDENCE_DAYS is 0 now."""
    before = now - timedelta(days=settings.EVIDENCE_DAYS)
    EvidenceFrame.objects.filter(kept_at__lte=before).delete()


def binding(frame: EvidenceFrame) -> str:
    """Return what a frame is sealed to: it can be opened as this frame of this attempt only."""
    return f"evidence|user:{frame.user_id}|session:{frame.session_id}|frame:{frame.pk}"
