"""Frames of refused attempts, kept sealed for some days where EVIDENCE_DAYS says so; else none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings

from accounts.sealing import keyring
from biometrics.models import EvidenceFrame

if TYPE_CHECKING:
    from datetime import datetime

    from biometrics.engine.session import State
    from biometrics.models import VerificationSession

MOST_FRAMES = 6


@dataclass(frozen=True, slots=True)
class Roll:
    """The last frames that told against an attempt, in memory only; `last` where none did."""

    against: tuple[bytes, ...] = ()
    last: bytes = b""

    def with_frame(self, jpeg: bytes, *, before: State, after: State) -> Roll:
        if not tells_against(before, after):
            return replace(self, last=jpeg)
        return replace(self, against=(*self.against, jpeg)[-MOST_FRAMES:], last=jpeg)

    @property
    def frames(self) -> tuple[bytes, ...]:
        return self.against or ((self.last,) if self.last else ())


NONE = Roll()


def tells_against(before: State, after: State) -> bool:
    """Whether a frame made it likelier that the attempt is refused."""
    return _faults(after) > _faults(before)


def _faults(state: State) -> int:
    counted = state.attacks + state.mismatches + state.stills + state.breaks
    return counted + state.watch.cuts + state.movement_mistakes


def keeps_frames() -> bool:
    return settings.EVIDENCE_DAYS > 0


def keep(session: VerificationSession, roll: Roll, *, now: datetime) -> None:
    """Store the roll of a refused attempt, within the transaction that stores its verdict."""
    if not keeps_frames():
        return
    for number, jpeg in enumerate(roll.frames, start=1):
        frame = EvidenceFrame(session=session, user=session.user, number=number, kept_at=now)
        frame.sealed = keyring().seal(jpeg, bound_to=binding(frame))
        frame.save(force_insert=True)


def read(frame: EvidenceFrame) -> bytes:
    """The JPEG; raises SealBroken."""
    return keyring().unseal(bytes(frame.sealed), bound_to=binding(frame))


def purge(*, now: datetime) -> None:
    """With the setting at 0 everything goes, also what an earlier setting kept."""
    before = now - timedelta(days=settings.EVIDENCE_DAYS)
    EvidenceFrame.objects.filter(kept_at__lte=before).delete()


def binding(frame: EvidenceFrame) -> str:
    return f"evidence|user:{frame.user_id}|session:{frame.session_id}|frame:{frame.pk}"
