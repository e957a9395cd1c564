"""The verification socket. It moves messages; judging happens in the engine's threads."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.urls import reverse
from django.utils import timezone

from biometrics import browser_binding, evidence, policies, protocol, runner, sessions
from biometrics.admission import Waiting, door
from biometrics.engine import session as machine
from biometrics.engine.errors import ImageRefused
from biometrics.engine.types import Hint
from biometrics.engine_loader import engine
from biometrics.models import Purpose
from biometrics.protocol import Close, ProtocolError
from biometrics.rate import Bucket
from biometrics.selectors import NoReference, reference_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from biometrics.engine.session import State
    from biometrics.engine.types import Template
    from biometrics.models import VerificationSession

logger = logging.getLogger(__name__)

HELLO_SECONDS = 10
MAX_FRAMES_PER_SECOND = 12
BURST = 6
# A frame that the engine fails on is lost; a third one, and it is not the frame's fault.
MAX_FAULTS = 3
AGAIN = machine.Verdict(verified=False, reason=machine.Reason.AGAIN)


class VerificationConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    # Set as soon as the ticket is spent; `session` only once there is room to judge.
    spent: VerificationSession | None = None
    session: VerificationSession | None = None
    reference: Template
    state: State
    models_used: Mapping[str, str] = MappingProxyType({})
    roll = evidence.NONE
    sequence = 0
    finished = False
    faults = 0
    newest: protocol.FrameMessage | None = None
    judging: asyncio.Task[None] | None = None
    place: Waiting | None = None
    clock: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        await self.accept()
        if not _own_origin(self.scope):
            await self._close(Close.ORIGIN)
            return
        now = time.monotonic()
        self.bucket = Bucket(MAX_FRAMES_PER_SECOND, BURST, BURST, now)
        self.clock = asyncio.create_task(self._end_after(HELLO_SECONDS))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
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

    async def disconnect(self, code: int) -> None:
        self.finished = True
        self._stop_clock()
        if self.place is not None:
            self.place.leave()
        if self.spent is not None:
            await database_sync_to_async(sessions.abandon)(self.spent, timezone.now())

    async def _hello(self, text: str) -> None:
        hello = protocol.parse_hello(text)
        try:
            session = self.spent = await database_sync_to_async(self._open)(hello)
        except sessions.SessionRefused as refusal:
            full = refusal.code is sessions.Code.TOO_MANY_SOCKETS
            raise ProtocolError(Close.RATE if full else Close.SIGN_IN) from refusal
        self._stop_clock()
        await self._wait_for_a_place()
        sha256, self.models_used = await runner.run(_models)
        try:
            self.reference = await database_sync_to_async(reference_for)(session.user, sha256)
        except NoReference:
            self.session = session
            await self._finish(AGAIN)
            return
        self.session = session
        self.policy = await database_sync_to_async(policies.policy_for)(session, light=hello.light)
        self.state = machine.begin(time.monotonic(), policies.seed_for(session))
        self.clock = asyncio.create_task(self._end_after(self.policy.seconds))
        await self.send(text_data=protocol.ready(self.policy))

    def _open(self, hello: protocol.Hello) -> VerificationSession:
        return sessions.open_session(
            hello.ticket,
            browser_hash=browser_binding.hash_of(self.scope["session"]),
            camera=hello.camera,
            now=timezone.now(),
        )

    async def _wait_for_a_place(self) -> None:
        self.place = door().enter()
        if self.place is None:
            raise ProtocolError(Close.FULL)
        async for number in self.place.turns():
            await self.send(text_data=protocol.place(number))

    async def _frame(self, data: bytes) -> None:
        self.bucket, allowed = self.bucket.take(time.monotonic())
        if not allowed:
            raise ProtocolError(Close.RATE)
        if self.session is None:
            raise ProtocolError(Close.ORDER)
        frame = protocol.parse_frame(data)
        if frame.sequence != self.sequence + 1 or frame.step > self.state.highest_step_shown:
            raise ProtocolError(Close.ORDER)
        self.sequence = frame.sequence
        self.newest = frame  # one that still waited is not judged any more
        if self.judging is None or self.judging.done():
            self.judging = asyncio.create_task(self._judge_newest())

    async def _judge_newest(self) -> None:
        while (frame := self.newest) is not None and not self.finished:
            self.newest = None
            try:
                await self._judge(frame)
            except ProtocolError as error:
                await self._close(error.code)

    async def _judge(self, frame: protocol.FrameMessage) -> None:
        state = self.state
        try:
            self.state, progress = await runner.run(
                lambda: runner.judge(
                    frame, state, self.reference, now=time.monotonic(), policy=self.policy
                )
            )
        except ImageRefused:
            raise ProtocolError(Close.FORM) from None
        except Exception:
            logger.exception("The engine failed on a frame")
            self.faults += 1
            if self.faults >= MAX_FAULTS:
                await self._finish(AGAIN)
                return
            self.state, progress = machine.miss(state), machine.Progress(Hint.NONE, 0.0)
        if self.finished:
            return
        if evidence.keeps_frames():
            self.roll = self.roll.with_frame(frame.jpeg, before=state, after=self.state)
        await self.send(text_data=protocol.frame_reply(frame.sequence, progress))
        if self.state.verdict is not None:
            await self._finish(self.state.verdict)

    async def _finish(self, verdict: machine.Verdict) -> None:
        """Store the verdict first; only what is stored is said."""
        self.finished = True
        self._stop_clock()
        session = self.session
        if session is None:
            return
        try:
            wait = await database_sync_to_async(self._store)(verdict)
        except Exception:
            logger.exception("A verdict could not be stored")
            verdict, wait = AGAIN, 0
        if verdict.verified:
            login = session.purpose == Purpose.LOGIN
            text = protocol.verified(reverse("biometrics:complete") if login else "")
        else:
            text = protocol.refused(verdict, wait)
        await self.send(text_data=text)
        await self.close(code=int(Close.DONE))

    def _store(self, verdict: machine.Verdict) -> int:
        session = self.session
        if session is None:
            raise sessions.SessionRefused(sessions.Code.BAD_TICKET)
        return sessions.finish(
            session,
            verdict,
            frames=self.sequence,
            models_used=self.models_used,
            roll=self.roll,
            now=timezone.now(),
        )

    async def _end_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self.clock = None
        if self.session is None:
            await self._close(Close.TIME)
        elif not self.finished:
            self.state = machine.time_out(self.state)
            await self._finish(self.state.verdict or AGAIN)

    async def _close(self, code: Close) -> None:
        self.finished = True
        self._stop_clock()
        await self.close(code=int(code))

    def _stop_clock(self) -> None:
        if self.clock is not None and self.clock is not asyncio.current_task():
            self.clock.cancel()
        self.clock = None


def _models() -> tuple[str, Mapping[str, str]]:
    """The encoder's SHA-256 and every network's; called in an engine thread."""
    loaded = engine()
    return loaded.encoder_sha256, loaded.hashes


def _own_origin(scope: dict[str, Any]) -> bool:
    """The page that opened the socket is ours; a missing or opaque Origin is not."""
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin-1")
    host = headers.get(b"host", b"").decode("latin-1")
    if not origin or not host:
        return False
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    with contextlib.suppress(ValueError):
        parts = urlsplit(origin)
        allowed = "https" if settings.HTTPS else "http"
        name, _port = split_domain_port(host)
        known = validate_host(name, settings.ALLOWED_HOSTS)
        return parts.scheme == allowed and parts.netloc == host and known
    return False
