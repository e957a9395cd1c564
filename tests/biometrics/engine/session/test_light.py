"""The stage of coloured light."""

from __future__ import annotations

from dataclasses import replace

from biometrics.engine.pad import coloured_light
from biometrics.engine.pad.coloured_light import ShownColour
from biometrics.engine.pad.cues import bits
from biometrics.engine.session import Challenge, Reason
from tests.biometrics.engine.session.dialogue import (
    ELSEWHERE,
    LIT,
    dialogue,
    lit,
    obedient,
)
from tests.biometrics.engine.session.heads import (
    LIGHT,
    frame_of,
)
from tests.support.scripted_engine import Head


def in_the_light(number, state):
    """Looks at a page that shines, and takes on its colours."""
    if not lit(state):
        return obedient(number, state)
    shown = state.stage.trial.shown(number / 10)
    return frame_of(number, head=Head(lit=LIGHT[shown.colour]), step=state.step_on_show)


def test_who_takes_on_the_light_has_three_movements_left():
    state, shown = dialogue(in_the_light, policy=LIT)

    assert state.verdict.verified
    asked = [progress.asked for progress in shown if progress.asked]
    lights = {one.number for one in asked if isinstance(one, ShownColour)}
    assert lights == set(range(1, coloured_light.COLOURS + 1))
    assert {one.number for one in asked} - lights == {coloured_light.COLOURS + n for n in (1, 2, 3)}
    assert [p.share for p in shown] == sorted(p.share for p in shown)


def test_light_and_movements_hold_17_bits():
    assert coloured_light.bits() + bits(LIT.course) >= 17


def test_who_does_not_take_on_the_light_is_refused():
    state, shown = dialogue(obedient, policy=LIT)

    assert state.verdict.reason is Reason.LIGHT_UNSEEN
    assert state.verdict.counted
    assert all(isinstance(one.asked, ShownColour | None) for one in shown)


def test_who_is_lit_and_does_not_move_is_refused():
    def stiff(number, state):
        return (
            in_the_light(number, state) if lit(state) else frame_of(number, step=state.step_on_show)
        )

    assert dialogue(stiff, policy=LIT)[0].verdict.reason is Reason.CHALLENGE_FAILED


def test_light_that_no_frame_tells_of_ends_in_time():
    def dark(number, state):
        made = in_the_light(number, state)
        return replace(made, frame=replace(made.frame, tint=None)) if lit(state) else made

    state, shown = dialogue(dark, policy=LIT)

    assert state.verdict.reason is Reason.LIGHT_UNSEEN
    assert len(shown) / 10 < coloured_light.SEQUENCE_SECONDS + 5


def test_another_face_in_the_light_starts_everything_anew():
    def swapped(number, state):
        box = ELSEWHERE if lit(state) and number == 20 else None
        made = in_the_light(number, state)
        face = replace(made.frame.face, box=box or made.frame.face.box)
        return replace(made, frame=replace(made.frame, face=face))

    state, shown = dialogue(swapped, policy=LIT)

    assert state.verdict.verified
    numbers = [progress.step for progress in shown if isinstance(progress.asked, ShownColour)]
    assert len(set(numbers)) > coloured_light.COLOURS
    assert state.breaks > 0


def test_without_anything_odd_no_light_is_asked_for():
    unsure = replace(LIT, challenge=Challenge.UNSURE)

    assert all(one.asked is None for one in dialogue(in_the_light, policy=unsure)[1])
