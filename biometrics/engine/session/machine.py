"""The face step as a pure state machine over judged frames. Clock and chance are passed in.

* Matching: good frames of one face in a row, whose mean matches as well.
* Light: where the voter chose it, the face takes on the colours of the page.
* Moving: the head answers cues that nobody could foresee.
* Closing: the face matches once more, so that nobody takes the voter's place in between.

docs/liveness.md gives the rule in prose.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from biometrics.engine.pad import coloured_light, motion, movements, stream
from biometrics.engine.pad.stream import Glimpse
from biometrics.engine.session.progress import NOTHING, progress_after
from biometrics.engine.session.stages import (
    Checked,
    Closing,
    Light,
    Matching,
    Moving,
    started_again,
)
from biometrics.engine.session.state import State
from biometrics.engine.session.values import ANNOUNCED_AHEAD, Challenge, Reason, Verdict
from biometrics.engine.types import Hint

if TYPE_CHECKING:
    from biometrics.engine.pad.movements import Reading
    from biometrics.engine.session.progress import Progress
    from biometrics.engine.session.stages import Stage
    from biometrics.engine.session.values import Fused, JudgedFrame, Policy
    from biometrics.engine.types import Face

# So many judged frames must fail before the verdict is no; a single bad frame says nothing.
MAX_FAILED_FRAMES = 25
MAX_FUSED_REFUSALS = 2
MAX_STILLS = 5
# A head that is turned far may be lost for a moment. In a longer gap somebody else could have
# taken its place.
MAX_GAP_FRAMES = 4
MAX_BREAKS = 2
# A photo that is bent into a turn stops looking like the person; a head that turns does not.
MAX_MISMATCHES_WHILE_MOVING = 6
# Seconds from frame to frame. A camera or a connection that is slower shows no movement well enough
# to judge it, so none is asked for. PACE_SHARE is the weight of the last frame in the mean.
MAX_PACE = 0.6
PACE_SHARE = 0.3
# No pause counts as longer: one of some seconds, in which a computer is busy, is no slow camera.
MAX_PAUSE = 1.0
# Hints still shown while the voter follows a cue. The others are suppressed, because a turning
# head triggers them.
HINTS_WHILE_FOLLOWING_CUES = frozenset(
    {Hint.NO_PICTURE, Hint.UPSIDE_DOWN, Hint.NO_FACE, Hint.SEVERAL_FACES, Hint.CENTRE}
)


@dataclass(frozen=True, slots=True)
class _Moment:
    """What a frame is judged by. `pace` is the time since the frame before, in seconds."""

    now: float
    pace: float
    policy: Policy
    fused: Fused


def begin(now: float, seed: bytes = b"") -> State:
    """A face step that begins at `now` (seconds); cues and colours are drawn from `seed`."""
    return State(started_at=now, seed=seed)


def step(
    state: State, frame: JudgedFrame, *, now: float, policy: Policy, fused: Fused
) -> tuple[State, Progress]:
    """Take in one judged frame. Once there is a verdict, nothing changes it.

    `fused` compares several templates, as one, with the voter's reference.
    """
    if state.verdict is not None:
        return state, NOTHING
    if seconds_left(state, policy, now) < 0:
        return time_out(state, policy), NOTHING
    last = state.watch.last
    moment = _Moment(now, now - last.arrived if last else math.inf, policy, fused)
    watch, change = stream.look(state.watch, _glimpse(frame, now))
    state, hint = replace(state, watch=watch), Hint.NONE
    if last and not change.repeated:
        # A slow camera's picture may be sent several times: only new pictures tell its pace.
        state = replace(state, pace=_smoothed(state.pace, moment.pace))
    if not change.repeated:
        state = _follow_face(state, frame.frame.face, cut=change.cut)
        state, hint = _take_in(state, frame, moment)
    state = _go_on(state, moment)
    if _needs_help(state, policy):
        hint = Hint.LOOK_AT_CAMERA
    return state, progress_after(state, frame.frame, hint, policy=policy, now=now)


def seconds_left(state: State, policy: Policy, now: float) -> float:
    """How long the step may still take; below 0 when its time is over.

    Whoever is not recognised in time is not kept waiting for the end of the movements' time.
    """
    matching = isinstance(state.stage, Matching)
    whole = min(policy.seconds, policy.seconds_to_match) if matching else policy.seconds
    return state.started_at + whole - now


def miss(state: State) -> State:
    """A frame could not be judged: whatever was gained before it no longer counts."""
    return state if state.verdict else _start_again(state)


def time_out(state: State, policy: Policy) -> State:
    """The time is over, or the person has gone.

    It is a failed try only if somebody was seen who did not match, in more frames than those about
    which nothing was told. So a camera that shows nothing and a line that breaks soon are no
    failures; and who leaves before a verdict has either learnt nothing, or a try is counted.
    """
    if state.verdict is not None:
        return state
    if state.compared + state.attacks <= policy.silent_frames:
        return _refuse(state, Reason.TIMED_OUT)
    if state.attacks > state.mismatches:
        return _refuse(state, Reason.NOT_LIVE)
    if state.mismatches > len(state.stage.matches):
        return _refuse(state, Reason.NO_MATCH)
    return _refuse(state, Reason.TIMED_OUT)


def _glimpse(frame: JudgedFrame, now: float) -> Glimpse:
    result = frame.frame
    return Glimpse(
        digest=frame.digest,
        fingerprint=result.fingerprint,
        scene=result.scene,
        box=result.face.box if result.face else None,
        sent=now if frame.sent is None else frame.sent,
        arrived=now,
    )


def _follow_face(state: State, face: Face | None, *, cut: bool) -> State:
    """Keep what was gained only while it is one and the same face, without a gap."""
    gap = 0 if face else state.frames_without_face + 1
    may_be_lost = 0 if isinstance(state.stage, Matching) else MAX_GAP_FRAMES
    lost = cut or gap > may_be_lost
    last_face = face or (None if lost else state.face)
    state = replace(state, face=last_face, frames_without_face=gap)
    return _start_again(state) if lost else state


def _take_in(state: State, frame: JudgedFrame, moment: _Moment) -> tuple[State, Hint]:
    """Check a frame and let the stage take it in: `with_frame` of each stage says how."""
    state = _watch_motion(state, frame, moment)
    follows_cues = isinstance(state.stage, Light | Moving)
    state, checked, hint = _check(state, frame, moment.policy)
    stage = state.stage.with_frame(frame, checked=checked, now=moment.now)
    if isinstance(stage, Matching) and checked.compared:
        hint = Hint.NONE
    if follows_cues and hint not in HINTS_WHILE_FOLLOWING_CUES:
        hint = Hint.NONE
    return replace(state, stage=stage), hint


def _watch_motion(state: State, frame: JudgedFrame, moment: _Moment) -> State:
    """Before the movements, where it depends on what is seen whether any are asked for."""
    unsure = moment.policy.challenge is Challenge.UNSURE and isinstance(state.stage, Matching)
    if not unsure or not frame.frame.quality.acceptable:
        return state
    seen = motion.look(state.motion, frame.frame.view, now=moment.now)
    return replace(state, motion=seen)


def _needs_help(state: State, policy: Policy) -> bool:
    """Whether enough frames are in for the row, which goes on all the same.

    Before, a frame that matched and one that did not get the same hint. Otherwise the answers would
    tell, frame by frame, which faces resemble the voter's.
    """
    if state.verdict is not None or not isinstance(state.stage, Matching):
        return False
    return state.stage.compared >= policy.frames_needed


def _check(state: State, frame: JudgedFrame, policy: Policy) -> tuple[State, Checked, Hint]:
    """What the frame is worth, and a hint.

    Attacks and mismatches are counted, but not in coloured light, in which nothing is compared.
    """
    result = frame.frame
    compared = not isinstance(state.stage, Light) and result.quality.acceptable
    if not compared or result.template is None or frame.comparison is None:
        return state, Checked(), result.quality.hint
    if policy.pad_required and (result.pad is None or not result.pad.bona_fide):
        return replace(state, attacks=state.attacks + 1), Checked(), Hint.TURN_TO_LIGHT
    state = replace(state, compared=state.compared + 1)
    if frame.comparison.match:
        return state, Checked(result.template, compared=True), Hint.NONE
    moving = isinstance(state.stage, Moving)
    state = replace(
        state,
        mismatches=state.mismatches + 1,
        mismatches_while_moving=state.mismatches_while_moving + moving,
    )
    return state, Checked(compared=True), Hint.LOOK_AT_CAMERA


def _go_on(state: State, moment: _Moment) -> State:
    """Whether the stage goes on, which one comes next, or the verdict."""
    if state.watch.faulty:
        return _end_for_the_device(state, moment.policy)
    refusal = _refusal(state)
    if refusal is not None:
        return _refuse(state, refusal)
    match state.stage:
        case Matching() as stage:
            # A good frame joins the row; any other frame starts the row again.
            # The stage ends when the row is long enough and matches as a whole, and when the face
            # was seen to move for long enough, where that decides about movements.
            # Next: coloured light or movements; where none are asked for, the voter is verified.
            if len(stage.matches) < moment.policy.frames_needed:
                return _announce(state, stage, moment)
            if _is_undecided(state, moment.policy):
                return state
            return _after_matching(state, stage, moment)
        case Light(trial=light) as stage:
            # A frame adds the tint of the face to those of the colour that was on show.
            # The stage ends when all colours were shown, or when the time for them is over.
            # Next: the movements, if the face took on the colours; else the voter is refused.
            if coloured_light.fits(light):
                return _start_moving(state, stage, stage.neutral, moment)
            over = light.done or light.is_late(moment.now)
            return _refuse(state, Reason.LIGHT_UNSEEN) if over else state
        case Moving(trial=movement):
            # A frame answers the cue if the head is where the cue wants it.
            # The stage ends with the last answer, or with one mistake too many.
            # Next: the closing (the frame of the last answer begins it), or the voter is refused.
            return _refuse(state, Reason.CHALLENGE_FAILED) if movement.failed else state
        case Closing() as stage:
            # A good frame joins the last row; any other frame starts that row again.
            # The stage ends when the row is complete.
            # Next: the verdict. The row must match by itself and together with the first one.
            return _after_closing(state, stage, moment.fused) if stage.complete else state


def _refusal(state: State) -> Reason | None:
    """Why the voter is refused in whatever stage, if so."""
    if state.watch.refused or state.breaks > MAX_BREAKS or state.stills >= MAX_STILLS:
        return Reason.STREAM
    if state.attacks >= MAX_FAILED_FRAMES:
        return Reason.NOT_LIVE
    if state.mismatches >= MAX_FAILED_FRAMES:
        return Reason.NO_MATCH
    if state.mismatches_while_moving >= MAX_MISMATCHES_WHILE_MOVING:
        return Reason.NO_MATCH
    return None


def _announce(state: State, stage: Matching, moment: _Moment) -> State:
    """Show the first cue if the matches before it are complete sooner than anyone reacts, once."""
    policy = moment.policy
    missing = policy.frames_needed - len(stage.matches)
    soon = missing <= ANNOUNCED_AHEAD and movements.seen_in_time(missing, moment.pace)
    asked = _asks_for_movements(state, policy) and not policy.light
    if not (soon and asked and stage.readings) or stage.highest_step_shown:
        return state
    cue = movements.first(state.seed, shown=0, course=policy.course)
    return replace(state, stage=replace(stage, announced=cue))


def _after_matching(state: State, stage: Matching, moment: _Moment) -> State:
    policy = moment.policy
    if not moment.fused(stage.matches).match:
        return _refuse_row(state)
    still = stream.is_still(stage.matches)
    unsure = still and policy.challenge is Challenge.UNSURE
    if unsure or _asks_for_movements(state, policy):
        return _start_challenge(state, stage, moment)
    if still:
        return replace(_start_again(state), stills=state.stills + 1)
    return replace(state, verdict=Verdict(verified=True))


def _refuse_row(state: State) -> State:
    """Each frame matched, but not their mean."""
    refusals = state.fused_refusals + 1
    if refusals >= MAX_FUSED_REFUSALS:
        return _refuse(state, Reason.NO_MATCH)
    return replace(_start_again(state), fused_refusals=refusals)


def _asks_for_movements(state: State, policy: Policy) -> bool:
    """Whether movements will be asked for, whatever the frames to come show."""
    if policy.challenge is Challenge.UNSURE:
        return _is_odd(state)
    return policy.challenge is Challenge.ALWAYS


def _is_undecided(state: State, policy: Policy) -> bool:
    """Whether the face must be watched for longer before it is said that nothing is odd."""
    unsure = policy.challenge is Challenge.UNSURE
    return unsure and not _is_odd(state) and not state.motion.is_enough


def _is_odd(state: State) -> bool:
    """Whether anything was seen that an honest voter in good light does not show."""
    failed = state.attacks + state.mismatches + state.breaks + state.fused_refusals
    return failed + state.watch.repeats + state.watch.cuts > 0 or state.motion.is_odd


def _start_challenge(state: State, stage: Matching, moment: _Moment) -> State:
    if not stage.readings:
        return _refuse(state, Reason.AGAIN)
    if state.pace > MAX_PACE:
        return _end_for_the_device(state, moment.policy)
    neutral = movements.neutral(stage.readings)
    if not moment.policy.light:
        return _start_moving(state, stage, neutral, moment)
    light = coloured_light.begin(state.seed, shown=stage.steps_shown, now=moment.now)
    return replace(state, stage=Light(stage.matches, neutral, light))


def _start_moving(
    state: State, before: Matching | Light, neutral: Reading, moment: _Moment
) -> State:
    # A cue that is announced is on show, but the movements begin with it.
    shown = before.steps_shown if isinstance(before, Matching) else before.highest_step_shown
    trial = movements.begin(
        state.seed, neutral, shown=shown, now=moment.now, course=moment.policy.course
    )
    return replace(state, stage=Moving(before.matches, trial))


def _after_closing(state: State, stage: Closing, fused: Fused) -> State:
    if fused((*stage.matches, *stage.closing)).match and fused(stage.closing).match:
        return replace(state, verdict=Verdict(verified=True))
    return _refuse(state, Reason.NO_MATCH)


def _start_again(state: State) -> State:
    """Back to the first stage. Movements and coloured light are not broken off for ever."""
    stage: Stage = state.stage
    broken_off = not isinstance(stage, Matching)
    # Another face may follow: its motion is not measured from a view of this one.
    seen = replace(state.motion, view=None)
    return replace(state, stage=started_again(stage), breaks=state.breaks + broken_off, motion=seen)


def _smoothed(before: float, pace: float) -> float:
    pace = min(pace, MAX_PAUSE)
    return pace if before == 0 else before + PACE_SHARE * (pace - before)


def _end_for_the_device(state: State, policy: Policy) -> State:
    """The device is at fault, which is not counted; but only where leaving would not be either.

    Otherwise whoever tries out faces would end each try with a fault of their own making.
    """
    left = time_out(state, policy)
    counted = left.verdict is not None and left.verdict.counted
    return left if counted else _refuse(state, Reason.CAMERA)


def _refuse(state: State, reason: Reason) -> State:
    return replace(state, verdict=Verdict(verified=False, reason=reason))
