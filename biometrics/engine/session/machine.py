"""The verification session: a pure state machine over frames. Clock and chance are passed in.

MATCH: a row of good frames of one face. CHALLENGE: that face answers the cues. CLOSING: it matches
once more, so that nobody takes its place between the two. docs/liveness.md gives the rule in prose.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from biometrics.engine.pad import coloured_light, movements, stream
from biometrics.engine.pad.cues import STEPS, Course
from biometrics.engine.pad.stream import Glimpse, Watch
from biometrics.engine.types import Hint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from biometrics.engine.pad.coloured_light import Light, Lit
    from biometrics.engine.pad.movements import Reading, Shown, Trial
    from biometrics.engine.types import Comparison, Face, FrameResult, Template

    Fused = Callable[[Sequence[Template]], Comparison]

# This many judged frames may fail before the verdict is no; a single bad frame says nothing.
MAX_FAILED_FRAMES = 25
MAX_FUSED_REFUSALS = 2
MAX_STILLS = 5
# A head turned far may be lost for a moment; longer, and another could have taken its place.
MAX_GAP_FRAMES = 4
MAX_BREAKS = 2
CLOSING_FRAMES = 3
# After light that nobody could foresee there are fewer movements, on a shorter way.
STEPS_AFTER_LIGHT = 3
WAY_AFTER_LIGHT = 150
# A photo that is bent into a turn stops to look like the person; a head that turns does not.
MAX_STRANGE_WHILE_MOVING = 6
# What a head that moves as it is told cannot help, and what it can.
TOLD_WHILE_MOVING = frozenset({Hint.NO_FACE, Hint.SEVERAL_FACES, Hint.CENTRE})

NOTHING_SEEN = Watch()


class Reason(StrEnum):
    """Why a session ended without success, as coarsely as the page may know it."""

    NO_MATCH = "no_match"
    NOT_LIVE = "not_live"
    CHALLENGE_FAILED = "challenge_failed"
    LIGHT_UNSEEN = "light_unseen"
    TIMED_OUT = "timed_out"
    STREAM = "stream"
    AGAIN = "again"


COUNTED = frozenset(
    {
        Reason.NO_MATCH,
        Reason.NOT_LIVE,
        Reason.CHALLENGE_FAILED,
        Reason.LIGHT_UNSEEN,
        Reason.STREAM,
    }
)


class Challenge(StrEnum):
    """When movements are asked for: never, after anything odd, always. In rising strictness."""

    PASSIVE = "passive"
    UNSURE = "unsure"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Policy:
    """`light`: the voter chose coloured light in place of some movements."""

    frames_needed: int
    seconds: float
    pad_required: bool
    challenge: Challenge = Challenge.PASSIVE
    blinks: bool = False
    light: bool = False

    @property
    def course(self) -> Course:
        """What a session's movements are drawn from."""
        if self.light:
            return Course(steps=STEPS_AFTER_LIGHT, left=WAY_AFTER_LIGHT, blinks=self.blinks)
        return Course(blinks=self.blinks)

    @property
    def sees_eyes(self) -> bool:
        """Whether frames must say how far the eyes are open."""
        return self.blinks and self.challenge is not Challenge.PASSIVE


@dataclass(frozen=True, slots=True)
class Evidence:
    """One frame judged: `digest` tells a frame that was sent twice, `comparison` is 1:1.

    `step` is the cue that the page had seen, `sent` the page's own time in seconds.
    """

    frame: FrameResult
    comparison: Comparison | None
    digest: bytes
    step: int = 0
    sent: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    verified: bool
    reason: Reason | None = None

    @property
    def counted(self) -> bool:
        return self.reason in COUNTED


@dataclass(frozen=True, slots=True)
class State:
    """`seed` is the secret that the cues are drawn from; `shown` counts those of broken trials.

    `light` comes before the trial. `announced`: the first cue is on show already, while the last
    matches before it are awaited.
    """

    started_at: float
    seed: bytes
    streak: tuple[Template, ...] = ()
    readings: tuple[Reading, ...] = ()
    closing: tuple[Template, ...] = ()
    face: Face | None = None
    watch: Watch = NOTHING_SEEN
    light: Light | None = None
    trial: Trial | None = None
    strange: int = 0
    shown: int = 0
    gap: int = 0
    breaks: int = 0
    stills: int = 0
    mismatches: int = 0
    attacks: int = 0
    fused_refusals: int = 0
    announced: bool = False
    verdict: Verdict | None = None

    @property
    def told(self) -> int:
        """The highest number of a cue that was ever on show."""
        if self.trial is not None:
            return self.trial.told
        return self.light.number if self.light else self.shown + self.announced

    @property
    def step(self) -> int:
        """The number of the cue on show, 0 where there is none."""
        if self.trial is not None:
            return self.trial.step if self.moving else 0
        return self.told if self.announced or self.light else 0

    @property
    def lit(self) -> bool:
        """Whether frames must say what colour the face is in."""
        return self.light is not None and self.trial is None

    @property
    def moving(self) -> bool:
        return self.trial is not None and not self.trial.met


@dataclass(frozen=True, slots=True)
class Progress:
    """What the page may show: `box` in fractions of the frame, `share` of the whole way."""

    hint: Hint
    share: float
    box: tuple[float, float, float, float] | None = None
    asked: Shown | Lit | None = None

    @property
    def step(self) -> int:
        """The number of the cue on show, 0 where there is none."""
        return self.asked.number if self.asked else 0


def begin(now: float, seed: bytes = b"") -> State:
    return State(started_at=now, seed=seed)


def step(
    state: State, evidence: Evidence, *, now: float, policy: Policy, fused: Fused
) -> tuple[State, Progress]:
    """Judge one frame. Once `state.verdict` is set nothing changes it."""
    if state.verdict is not None:
        return state, Progress(Hint.NONE, 0.0)
    if now - state.started_at > policy.seconds:
        return time_out(state), Progress(Hint.NONE, 0.0)
    last = state.watch.last
    pace = now - last.arrived if last else math.inf
    watch, seen = stream.look(state.watch, _glimpse(evidence, now))
    state, hint = replace(state, watch=watch), Hint.NONE
    if not seen.repeated:
        state = _follow(state, evidence.frame.face, cut=seen.cut)
        state, hint = _judge(state, evidence, policy, now)
    state = _decide(state, policy, fused, now=now, pace=pace)
    return state, _progress(state, evidence.frame, hint, policy=policy, now=now)


def miss(state: State) -> State:
    """A frame that could not be judged: nothing that was gained before it counts on."""
    return _start_again(state)


def time_out(state: State) -> State:
    """The time is over. Who was seen and did not match failed; who was not seen did not."""
    if state.attacks > state.mismatches:
        return _refuse(state, Reason.NOT_LIVE)
    if state.mismatches > len(state.streak):
        return _refuse(state, Reason.NO_MATCH)
    return _refuse(state, Reason.TIMED_OUT)


def _glimpse(evidence: Evidence, now: float) -> Glimpse:
    frame, face = evidence.frame, evidence.frame.face
    return Glimpse(
        digest=evidence.digest,
        fingerprint=frame.fingerprint,
        scene=frame.scene,
        box=face.box if face else None,
        sent=now if evidence.sent is None else evidence.sent,
        arrived=now,
    )


def _follow(state: State, face: Face | None, *, cut: bool) -> State:
    """Keep what was gained only while it is one and the same face, without a gap."""
    gap = 0 if face else state.gap + 1
    lost = cut or gap > (MAX_GAP_FRAMES if state.trial or state.light else 0)
    state = replace(state, face=face or (None if lost else state.face), gap=gap)
    return _start_again(state) if lost else state


def _start_again(state: State) -> State:
    return replace(
        state,
        streak=(),
        readings=(),
        closing=(),
        light=None,
        trial=None,
        shown=state.told,
        announced=False,
        breaks=state.breaks + (state.trial is not None or state.light is not None),
    )


def _judge(state: State, evidence: Evidence, policy: Policy, now: float) -> tuple[State, Hint]:
    if state.lit and state.light is not None:
        light = coloured_light.answer(state.light, evidence.frame.tint, step=evidence.step)
        return replace(state, light=light), _told(evidence)
    state, good, hint = _check(state, evidence, policy)
    face = evidence.frame.face
    if state.moving and state.trial is not None:
        reading = movements.read(face) if face else None
        trial = movements.answer(state.trial, reading, step=evidence.step, now=now)
        closing = _closing(state, trial, evidence.frame.template if good else None)
        state = replace(state, trial=trial, closing=closing)
        return state, _told(evidence)
    template = evidence.frame.template
    if not good or template is None:
        return (replace(state, closing=()) if state.trial else _start_again(state)), hint
    if state.trial is not None:
        return replace(state, closing=(*state.closing, template)), Hint.NONE
    reading = movements.read(face) if face else None
    readings = state.readings[-len(state.streak) :] if state.streak else ()
    readings = (*readings, reading) if reading else readings
    return replace(state, streak=(*state.streak, template), readings=readings), Hint.NONE


def _told(evidence: Evidence) -> Hint:
    """What may be said to somebody who does as he is told."""
    hint = evidence.frame.quality.hint
    return hint if hint in TOLD_WHILE_MOVING else Hint.NONE


def _closing(state: State, trial: Trial, template: Template | None) -> tuple[Template, ...]:
    """Who holds the last cue and is seen to match closes with that; nothing is left to come."""
    if state.trial is None or state.trial.done < STEPS - 1 or template is None:
        return ()
    answers = trial.met or trial.held > state.trial.held
    return (*state.closing, template) if answers else ()


def _check(state: State, evidence: Evidence, policy: Policy) -> tuple[State, bool, Hint]:
    """Whether this frame is one of this voter, alive; what fails is counted in every stage."""
    frame = evidence.frame
    if not frame.quality.acceptable or frame.template is None or evidence.comparison is None:
        return state, False, frame.quality.hint
    if policy.pad_required and (frame.pad is None or not frame.pad.bona_fide):
        return replace(state, attacks=state.attacks + 1), False, Hint.TURN_TO_LIGHT
    if not evidence.comparison.match:
        strange = state.strange + state.moving
        failed = replace(state, mismatches=state.mismatches + 1, strange=strange)
        return failed, False, Hint.LOOK_AT_CAMERA
    return state, True, Hint.NONE


def _decide(state: State, policy: Policy, fused: Fused, *, now: float, pace: float) -> State:
    refusal = _refusal(state)
    if refusal is not None:
        return _refuse(state, refusal)
    if state.trial is not None:
        return _close(state, fused) if len(state.closing) >= CLOSING_FRAMES else state
    if state.light is not None:
        return _after_light(state, state.light, policy, now)
    if len(state.streak) < policy.frames_needed:
        return _announce(state, policy, pace)
    if not fused(state.streak).match:
        return _unlike(state)
    still = stream.is_still(state.streak)
    if _asks(state, policy) or (still and policy.challenge is Challenge.UNSURE):
        return _challenge(state, policy, now)
    if still:
        return replace(_start_again(state), stills=state.stills + 1)
    return replace(state, verdict=Verdict(verified=True))


def _after_light(state: State, light: Light, policy: Policy, now: float) -> State:
    """The movements, once all colours were seen on the face."""
    if coloured_light.fits(light):
        return _move(state, policy, now)
    over = light.done or light.late(now)
    return _refuse(state, Reason.LIGHT_UNSEEN) if over else state


def _refusal(state: State) -> Reason | None:
    if state.watch.refused or state.breaks > MAX_BREAKS or state.stills >= MAX_STILLS:
        return Reason.STREAM
    if state.attacks >= MAX_FAILED_FRAMES:
        return Reason.NOT_LIVE
    if state.mismatches >= MAX_FAILED_FRAMES or state.strange >= MAX_STRANGE_WHILE_MOVING:
        return Reason.NO_MATCH
    if state.trial is not None and state.trial.failed:
        return Reason.CHALLENGE_FAILED
    return None


def _announce(state: State, policy: Policy, pace: float) -> State:
    """Show the first cue if the matches before it are complete sooner than anyone reacts, once."""
    soon = movements.seen_in_time(policy.frames_needed - len(state.streak), pace)
    asked = _asks(state, policy) and not policy.light
    certain = soon and state.readings and not state.shown and asked
    return replace(state, announced=True) if certain else state


def _asks(state: State, policy: Policy) -> bool:
    """Whether movements will be asked for, whatever the frames to come show."""
    if policy.challenge is Challenge.UNSURE:
        return _odd(state)
    return policy.challenge is Challenge.ALWAYS


def _odd(state: State) -> bool:
    """Anything in this session that an honest voter in good light does not show."""
    seen = state.attacks + state.mismatches + state.breaks + state.fused_refusals
    return seen + state.watch.repeats + state.watch.cuts > 0


def _challenge(state: State, policy: Policy, now: float) -> State:
    if not state.readings:
        return _refuse(state, Reason.AGAIN)
    if policy.light:
        return replace(state, light=coloured_light.begin(state.seed, shown=state.shown, now=now))
    return _move(state, policy, now)


def _move(state: State, policy: Policy, now: float) -> State:
    start, shown = movements.neutral(state.readings), state.told - state.announced
    trial = movements.begin(state.seed, start, shown=shown, now=now, course=policy.course)
    return replace(state, trial=trial, announced=False)


def _close(state: State, fused: Fused) -> State:
    if fused((*state.streak, *state.closing)).match and fused(state.closing).match:
        return replace(state, verdict=Verdict(verified=True))
    return _refuse(state, Reason.NO_MATCH)


def _unlike(state: State) -> State:
    refusals = state.fused_refusals + 1
    if refusals >= MAX_FUSED_REFUSALS:
        return _refuse(state, Reason.NO_MATCH)
    return replace(_start_again(state), fused_refusals=refusals)


def _refuse(state: State, reason: Reason) -> State:
    return replace(state, streak=(), verdict=Verdict(verified=False, reason=reason))


def _progress(
    state: State, frame: FrameResult, hint: Hint, *, policy: Policy, now: float
) -> Progress:
    share = _share(state, policy)
    return Progress(hint, share, _fractions(frame), asked=on_show(state, policy, now))


def on_show(state: State, policy: Policy, now: float) -> Shown | Lit | None:
    """The cue or the colour that the page is to show, if any."""
    if state.trial is not None:
        return state.trial.shown(now) if state.moving else None
    if state.light is not None:
        return state.light.shown(now)
    if not state.announced:
        return None
    cue = movements.first(state.seed, shown=state.shown, course=policy.course)
    return movements.Shown(state.step, cue, 0.0, movements.STEP_SECONDS)


def _share(state: State, policy: Policy) -> float:
    """Frames of the whole way, where each cue counts for as many as must be held."""
    if state.verdict is not None:
        return 1.0 if state.verdict.verified else 0.0
    gained, all_of_it = len(state.streak), policy.frames_needed
    if policy.challenge is Challenge.ALWAYS or state.trial or state.light:
        all_of_it += STEPS * movements.HOLD_FRAMES + CLOSING_FRAMES
    if state.lit and state.light is not None:
        gained += round(state.light.share * (STEPS - STEPS_AFTER_LIGHT) * movements.HOLD_FRAMES)
    if state.trial is not None:
        gained += state.trial.done * movements.HOLD_FRAMES + state.trial.held + len(state.closing)
    return min(1.0, gained / all_of_it)


def _fractions(frame: FrameResult) -> tuple[float, float, float, float] | None:
    if frame.face is None:
        return None
    box = frame.face.box
    return (
        box.left / frame.width,
        box.top / frame.height,
        box.right / frame.width,
        box.bottom / frame.height,
    )
