"""The verification socket. It moves messages; the engine's threads judge the frames.

A connection goes like this: `connect` accepts it, `_hello` spends the ticket, waits for a place
and sends "ready", `_frame` checks each frame, `_judge` has the newest one judged and answers it,
and `_finish` stores the verdict and sends it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from types import MappingProxyType
from typing import TYPE_CHECKING

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import InterfaceError, OperationalError
from django.urls import reverse

from accounts.database_clock import database_now
from biometrics.engine import session as machine
from biometrics.engine.errors import ImageRefused
from biometrics.engine.types import Hint
from biometrics.engine_loader import engine
from biometrics.models import Purpose
from biometrics.self_enrolment.taking import judge_photos, on_disk
from biometrics.storage.references import NoReference, reference_for
from biometrics.verification import (
    allowance,
    browser_binding,
    policies,
    protocol,
    runner,
    sessions,
)
from biometrics.verification.admission import Waiting, door
from biometrics.verification.origin import is_own_origin
from biometrics.verification.protocol import Close, ProtocolError
from biometrics.verification.rate import Bucket
from biometrics.verification.recording import Recording, recording_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from biometrics.engine.frame_message import FrameMessage
    from biometrics.engine.session import State
    from biometrics.models import VerificationSession
    from biometrics.self_enrolment.taking import TakenPhoto

logger = logging.getLogger(__name__)

HELLO_SECONDS = 10
MAX_FRAMES_PER_SECOND = 12
BURST = 6
# If the engine fails on a frame, the frame is lost. At the third failure the frames are not to
# blame, and the attempt ends.
MAX_FAULTS = 3
AGAIN = machine.Verdict(verified=False, reason=machine.Reason.AGAIN)
TIMED_OUT = machine.Verdict(verified=False, reason=machine.Reason.TIMED_OUT)
# A page sends a frame as soon as the answer to the last is there. The place of one that sends none
# for so long goes to the next voter; the page connects again when it can.
IDLE_SECONDS = 5.0
# So often the database is told that the socket is open; see sessions.ALIVE.
SECONDS_BETWEEN_SIGNS = 4.0
# So many frames are set aside at a time, of those that the account may have compared in a day.
FRAMES_AT_A_TIME = 25


class VerificationConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One socket: one attempt of one voter. It sends exactly one verdict, or closes with a code."""

    # Set as soon as the ticket is spent, to be abandoned if the socket closes.
    opened: VerificationSession | None = None
    # Set only when there is a place to judge; before that, a frame breaks the protocol.
    session: VerificationSession | None = None
    # Set when frames may come; there is a state only then.
    started = False
    known: runner.KnownFace
    state: State
    models_used: Mapping[str, str] = MappingProxyType({})
    recording = Recording()
    # The number of the last frame that was received.
    sequence = 0
    finished = False
    faults = 0
    # The newest frame that is not judged yet, and the task that judges one after the other.
    newest: FrameMessage | None = None
    judging: asyncio.Task[None] | None = None
    place: Waiting | None = None
    # Ends the attempt when its time is over.
    clock: asyncio.Task[None] | None = None
    # Closes the socket when no frame comes; `heard` is when the last one came or was answered.
    idle: asyncio.Task[None] | None = None
    heard = 0.0
    # When the database was last told that the socket is open, and the frames set aside for it.
    sign_at = 0.0
    frames_set_aside = 0

    async def connect(self) -> None:
        """Accept a socket that one of our pages opened, and give it HELLO_SECONDS to say hello.

        A socket with a foreign Origin is accepted first, because a browser cannot see the close
        code of a socket that was never accepted.
        """
        await self.accept()
        if not is_own_origin(self.scope):
            await self._close(Close.ORIGIN)
            return
        now = time.monotonic()
        self.bucket = Bucket(MAX_FRAMES_PER_SECOND, BURST, BURST, now)
        self.clock = asyncio.create_task(self._end_after(HELLO_SECONDS))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take one message: a hello or a bye as text, or a frame as bytes.

        A message that breaks the protocol closes the socket with the code of the ProtocolError;
        FULL if the database is away, so that the page tries again.
        """
        if self.finished:
            return
        try:
            if bytes_data is not None:
                await self._frame(bytes_data)
            elif self.session is None:
                await self._hello(text_data or "")
            elif protocol.is_bye(text_data or ""):
                await self._close(Close.DONE)
            else:
                raise ProtocolError(Close.ORDER)
        except ProtocolError as error:
            await self._close(error.code)
        except (OperationalError, InterfaceError):
            logger.exception("The database is away")
            await self._close(Close.FULL)

    async def disconnect(self, code: int) -> None:
        """Give up the place, and end the session in the database if it has no verdict yet."""
        self.finished = True
        self._stop_clock()
        if self.place is not None:
            self.place.leave()
        if self.opened is not None:
            await database_sync_to_async(self._leave)(self.opened)

    async def _hello(self, text: str) -> None:
        """Spend the ticket, wait for a place, load what judging needs and send "ready".

        Raises ProtocolError if the ticket opens nothing or if the line is full.
        """
        hello = protocol.parse_hello(text)
        try:
            session = self.opened = await database_sync_to_async(self._open)(hello)
        except sessions.SessionRefused as refusal:
            unknown = refusal.code is sessions.SessionRefusalCode.BAD_TICKET
            raise ProtocolError(Close.SIGN_IN if unknown else Close.RATE) from refusal
        self.sign_at = time.monotonic()
        self._stop_clock()
        await self._wait_for_a_place()
        sha256, self.models_used = await runner.run(_models)
        try:
            self.known = await database_sync_to_async(_known_face)(session, sha256)
        except NoReference:
            self.session = session
            await self._finish(AGAIN)
            return
        self.session = session
        self.recording = recording_for(session)
        self.policy = await database_sync_to_async(policies.policy_for)(session, light=hello.light)
        self.state = machine.begin(time.monotonic(), policies.seed_for(session))
        self.started = True
        self.clock = asyncio.create_task(self._end_in_time())
        self.heard = time.monotonic()
        self.idle = asyncio.create_task(self._close_when_idle())
        await self.send(text_data=protocol.ready(self.policy))

    def _open(self, hello: protocol.Hello) -> VerificationSession:
        return sessions.open_session(
            hello.ticket,
            browser_hash=browser_binding.hash_of(self.scope["session"]),
            camera=hello.camera,
            now=database_now(),
        )

    async def _wait_for_a_place(self) -> None:
        """Tell the page its place in the line until it is inside; ProtocolError if it is full."""
        self.place = door().enter()
        if self.place is None:
            raise ProtocolError(Close.FULL)
        async for number in self.place.turns():
            await self._go_on()
            await self.send(text_data=protocol.place(number))

    async def _frame(self, data: bytes) -> None:
        """Check a frame's rate and order, and hand it over to the task that judges.

        Raises ProtocolError if it comes too fast, out of order or before "ready".
        """
        self.bucket, allowed = self.bucket.take(time.monotonic())
        if not allowed:
            raise ProtocolError(Close.RATE)
        if self.session is None:
            raise ProtocolError(Close.ORDER)
        frame = protocol.parse_frame(data)
        if frame.sequence != self.sequence + 1 or frame.step > self.state.highest_step_shown:
            raise ProtocolError(Close.ORDER)
        self.sequence = frame.sequence
        self.heard = time.monotonic()
        self.newest = frame  # a frame that was still waiting is not judged any more
        if self.judging is None or self.judging.done():
            self.judging = asyncio.create_task(self._judge_newest())

    async def _judge_newest(self) -> None:
        """Judge the newest frame until none is waiting."""
        while (frame := self.newest) is not None and not self.finished:
            self.newest = None
            try:
                await self._judge(frame)
            except ProtocolError as error:
                await self._close(error.code)

    async def _judge(self, frame: FrameMessage) -> None:
        """Have one frame judged in an engine thread, answer it, and finish if there is a verdict.

        Raises ProtocolError if the engine does not accept the picture.
        """
        state = self.state
        if not await self._go_on(compared=state.compared):
            await self._finish(self._verdict_so_far(TIMED_OUT))
            return
        try:
            self.state, progress = await runner.run(
                lambda: runner.judge(
                    frame, state, self.known, now=time.monotonic(), policy=self.policy
                )
            )
        except ImageRefused:
            raise ProtocolError(Close.FORM) from None
        except Exception:
            logger.exception("The engine failed on a frame")
            self.faults += 1
            if self.faults >= MAX_FAULTS:
                await self._finish(self._verdict_so_far(AGAIN))
                return
            self.state, progress = machine.miss(state), machine.Progress(Hint.NONE, 0.0)
        if self.finished:
            return
        self.recording = self.recording.with_frame(frame.jpeg, before=state, after=self.state)
        await self.send(text_data=protocol.frame_reply(frame.sequence, progress))
        self.heard = time.monotonic()
        if self.state.verdict is not None:
            await self._finish(self.state.verdict)

    async def _finish(self, verdict: machine.Verdict) -> None:
        """Store the verdict, and then send it. A verdict that is not stored is not sent."""
        self.finished = True
        self._stop_clock()
        session = self.session
        if session is None:
            return
        try:
            photos = await runner.run(self._photos) if verdict.verified else ()
            stored = await database_sync_to_async(self._store)(session, verdict, photos)
        except Exception:
            logger.exception("A verdict could not be stored")
            stored = sessions.Stored(AGAIN)
        if stored.verdict.verified:
            login = session.purpose == Purpose.LOGIN and session.handoff_id is None
            text = protocol.verified(reverse("biometrics:complete") if login else "")
        else:
            text = protocol.refused(stored.verdict, stored.wait)
        await self.send(text_data=text)
        await self.close(code=int(Close.DONE))

    @property
    def _was_asked(self) -> bool:
        return self.started and self.state.highest_step_shown > 0

    def _photos(self) -> tuple[TakenPhoto, ...]:
        """The photos of a voter who takes the first ones; called in an engine thread."""
        return judge_photos(engine(), self.recording.photos)

    def _store(
        self,
        session: VerificationSession,
        verdict: machine.Verdict,
        photos: tuple[TakenPhoto, ...],
    ) -> sessions.Stored:
        with on_disk(session.user, photos) as kept:
            return sessions.finish(
                session,
                verdict,
                was_asked=self._was_asked,
                frames=self.sequence,
                models_used=self.models_used,
                frames_kept=self.recording.evidence,
                photos=kept,
                now=database_now(),
            )

    def _leave(self, session: VerificationSession) -> None:
        """Count an attempt that ends without a verdict if it was a failed one, and end it."""
        sessions.leave(
            session,
            self._verdict_so_far(TIMED_OUT),
            was_asked=self._was_asked,
            frames=self.sequence,
            models_used=self.models_used,
            frames_kept=self.recording.evidence,
            now=database_now(),
        )
        compared = self.state.compared if self.started else 0
        allowance.give_frames_back(session.user, self.frames_set_aside - compared)

    def _verdict_so_far(self, otherwise: machine.Verdict) -> machine.Verdict:
        """The verdict if the time were over now; `otherwise` if that would be no failed try."""
        if not self.started:
            return otherwise
        verdict = machine.time_out(self.state, self.policy).verdict
        return verdict if verdict and verdict.counted else otherwise

    async def _go_on(self, *, compared: int | None = None) -> bool:
        """Tell the database now and then that the socket is open, and set frames aside.

        `compared` is how many of them were used, None in the line. Return False if the account has
        no more today.
        """
        session, now = self.opened, time.monotonic()
        if session is None:
            return False
        wanted = compared is not None and compared >= self.frames_set_aside
        if not wanted and now - self.sign_at < SECONDS_BETWEEN_SIGNS:
            return True
        frames = FRAMES_AT_A_TIME if wanted else 0
        took: bool = await database_sync_to_async(self._tell_open)(session, frames)
        self.sign_at = now
        self.frames_set_aside += frames if took else 0
        return took

    def _tell_open(self, session: VerificationSession, frames: int) -> bool:
        return sessions.go_on(session, frames=frames, now=database_now())

    async def _close_when_idle(self) -> None:
        """Give the place to somebody else when no frame has come for IDLE_SECONDS.

        While a frame is judged, the page waits and not the server.
        """
        while (left := self.heard + IDLE_SECONDS - time.monotonic()) > 0:
            await asyncio.sleep(left)
            if self.judging is not None and not self.judging.done():
                self.heard = time.monotonic()
        if not self.finished:
            await self._close(Close.IDLE)

    async def _end_after(self, seconds: float) -> None:
        """Close a socket that said no hello in time."""
        await asyncio.sleep(seconds)
        self.clock = None
        await self._close(Close.TIME)

    async def _end_in_time(self) -> None:
        """Refuse an attempt that takes too long; how long it may take depends on its stage."""
        left = self.policy.seconds
        while left > 0:
            left = machine.seconds_left(self.state, self.policy, time.monotonic())
            await asyncio.sleep(max(0.0, left))
        self.clock = None
        if not self.finished:
            self.state = machine.time_out(self.state, self.policy)
            await self._finish(self.state.verdict or AGAIN)

    async def _close(self, code: Close) -> None:
        self.finished = True
        self._stop_clock()
        await self.close(code=int(code))

    def _stop_clock(self) -> None:
        for task in (self.clock, self.idle):
            if task is not None and task is not asyncio.current_task():
                task.cancel()
        self.clock = self.idle = None


def _models() -> tuple[str, Mapping[str, str]]:
    """Return the SHA-256 of the encoder and of every network; called in an engine thread."""
    loaded = engine()
    return loaded.encoder_sha256, loaded.hashes


def _known_face(session: VerificationSession, encoder_sha256: str) -> runner.KnownFace:
    """Raises NoReference."""
    if session.purpose == Purpose.ENROL:
        return runner.KnownFace()
    return runner.KnownFace(reference_for(session.user, encoder_sha256))
