"""A face step as a dialogue: a person answers what the page asks for, frame by frame."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from biometrics.engine import session
from biometrics.engine.pad.cues import STEPS
from biometrics.engine.session import Challenge, Policy
from biometrics.engine.session.stages import Closing, Light, Moving
from biometrics.engine.types import Box, Comparison
from tests.biometrics.engine.session.heads import GOOD, STRAIGHT, frame_of, state_after, toward

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from biometrics.engine.session import JudgedFrame, State

POLICY = Policy(frames_needed=10, seconds=60, pad_required=True)
ALWAYS = replace(POLICY, seconds=110, challenge=Challenge.ALWAYS)
LIT = replace(ALWAYS, light=True)
# The last cue that it draws is one in which a face can be compared.
SEED = b"seed 3"
ELSEWHERE = Box(0, 0, 100, 120)


def run(frames: Iterable[JudgedFrame], *, policy: Policy = POLICY, fused: float = 0.9) -> Any:
    """The State after these frames of somebody whom nothing is asked.

    Any, because a test knows in which stage it is and that there is a verdict.
    """
    return state_after(frames, policy=policy, fused=fused)


def dialogue(
    respond: Callable[[int, State], JudgedFrame],
    *,
    policy: Policy = ALWAYS,
    frames: int = 900,
    fused: float = 0.9,
    seed: bytes = SEED,
) -> tuple[Any, list[Any]]:
    """A voter whom `respond(number, state)` moves; returns the last State and each Progress."""
    state, shown = session.begin(0.0, seed), []
    for number in range(frames):
        state, progress = session.step(
            state,
            respond(number, state),
            now=number / 10,
            policy=policy,
            fused=lambda probes: Comparison(fused, 0.5),
        )
        shown.append(progress)
        if state.verdict is not None:
            break
    return state, shown


def moving(state: State) -> bool:
    return isinstance(state.stage, Moving)


def lit(state: State) -> bool:
    return isinstance(state.stage, Light)


def at_the_last(state: State) -> bool:
    """The last movement is on, or was the last."""
    stage = state.stage
    return isinstance(stage, Closing) or (
        isinstance(stage, Moving) and stage.trial.done >= STEPS - 1
    )


def obedient(number: int, state: State, *, condition: str = GOOD) -> JudgedFrame:
    """Reacts later than the rest of a hold takes: what is shown ahead is followed afterwards."""
    stage = state.stage
    head = toward(stage.trial.cue) if isinstance(stage, Moving) else STRAIGHT
    return frame_of(number, condition, head=head, step=state.step_on_show)


def moving_blurred(number: int, state: State) -> JudgedFrame:
    """Too turned to be compared while it moves, so that the face is still owed at the end."""
    return obedient(number, state, condition="blurred" if moving(state) else GOOD)
