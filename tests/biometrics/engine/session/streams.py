"""The recorded streams: all players, policies and disturbances.

`python -m tests.biometrics.engine.session.streams` plays them to the present state machine and
writes frames and answers to `recorded.json.gz`. Do that only after a change that is meant to give
other answers. Add a new player at the end of the list, so that the other streams stay the same.
"""

from __future__ import annotations

import gzip
import json
import random
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biometrics.engine import session as machine
from biometrics.engine.pad.coloured_light import ShownColour
from biometrics.engine.session import Challenge, Policy
from biometrics.engine.session.stages import Moving
from biometrics.engine.types import Hint
from tests.biometrics.engine.session.disturbances import DISTURBANCES
from tests.biometrics.engine.session.frames import FrameValues, fused, judged_frame
from tests.biometrics.engine.session.players import PLAYERS, Page, Player

if TYPE_CHECKING:
    from collections.abc import Sequence

    from biometrics.engine.session import Progress, State

RECORDED = Path(__file__).with_name("recorded.json.gz")
FAULT: tuple[int, ...] = ()
LONGEST = 400
NOTHING = machine.Progress(Hint.NONE, 0.0)
FIRST_PAGE = Page(0, 0.0, 0.0, None, 0, was_asked=False)
UNSURE, ALWAYS = Challenge.UNSURE, Challenge.ALWAYS
POLICIES = {
    "passive": Policy(10, 60, pad_required=True),
    "passive, no PAD": Policy(3, 20, pad_required=False),
    "unsure": Policy(10, 110, pad_required=True, challenge=UNSURE),
    "unsure, light": Policy(10, 110, pad_required=True, challenge=UNSURE, light=True),
    "always": Policy(10, 110, pad_required=True, challenge=ALWAYS),
    "always, soon over": Policy(10, 12, pad_required=True, challenge=ALWAYS),
    "always, blinks": Policy(10, 110, pad_required=True, challenge=ALWAYS, blinks=True),
    "always, light": Policy(10, 110, pad_required=True, challenge=ALWAYS, light=True),
    "always, all": Policy(6, 110, pad_required=True, challenge=ALWAYS, blinks=True, light=True),
}
COMMON = ("voter", "old voter", "hasty voter", "contrary")
ALL_POLICIES = tuple(POLICIES)
STRICT = ("unsure", "always", "always, light", "always, blinks")


@dataclass(frozen=True)
class Scenario:
    player: str
    policy: str
    disturbance: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.number}: {self.player}, {self.policy}, {self.disturbance}"


def scenarios() -> list[Scenario]:
    """The common players meet every disturbance under every strict policy, the others only some."""
    wanted = [
        (player, policy, disturbance)
        for player in COMMON
        for policy in STRICT
        for disturbance in DISTURBANCES
    ]
    turns = list(DISTURBANCES)
    for place, player in enumerate(PLAYERS):
        for turn, policy in enumerate(ALL_POLICIES if player not in COMMON else ()):
            wanted.append((player, policy, turns[(place + 5 * turn) % len(turns)]))
        for policy in ("passive", "passive, no PAD", "always, soon over", "always, all"):
            wanted.append((player, policy, "calm"))
    return [Scenario(*parts, number) for number, parts in enumerate(dict.fromkeys(wanted))]


def played(scenario: Scenario) -> dict[str, Any]:
    """A stream and the machine's answers to it, both as lists of plain values."""
    chance = random.Random(f"stream {scenario.number}")
    policy, seed = POLICIES[scenario.policy], chance.randbytes(32)
    player = PLAYERS[scenario.player](chance)
    if scenario.player == "replay":
        player.others = _good_session(chance)
    disturbance = DISTURBANCES[scenario.disturbance](chance)
    most = chance.randint(5, 60) if chance.random() < 0.15 else LONGEST
    frames: list[Sequence[int]] = []
    answers: list[list[Any]] = []
    state, page = machine.begin(0.0, seed), FIRST_PAGE
    while state.verdict is None and len(frames) < most:
        page = _next(page, disturbance.passed())
        frames.append(disturbance.frame(player.frame(page)) or FAULT)
        state, progress = advanced(state, frames[-1], policy)
        answers.append(answer(state, progress))
        page = _shown(page, progress)
    return {
        "name": scenario.name,
        "policy": {**asdict(policy), "challenge": str(policy.challenge)},
        "seed": seed.hex(),
        "frames": frames,
        "answers": answers + last_answer(state, policy),
    }


def _next(page: Page, passed: float) -> Page:
    now = round(page.now + passed, 3)
    return replace(page, number=page.number + 1, now=now, passed=passed)


def _shown(page: Page, progress: Progress) -> Page:
    was_asked = page.was_asked or progress.asked is not None
    return replace(page, asked=progress.asked, step=progress.step, was_asked=was_asked)


def _good_session(chance: random.Random) -> list[FrameValues]:
    """The frames of a session with another seed, in which the voter is verified."""
    player, policy = Player(chance), POLICIES["always"]
    state, page = machine.begin(0.0, chance.randbytes(32)), FIRST_PAGE
    frames: list[FrameValues] = []
    while state.verdict is None:
        page = _next(page, 0.1)
        frames.append(player.frame(page))
        state, progress = advanced(state, frames[-1], policy)
        page = _shown(page, progress)
    return frames


def replayed(stream: dict[str, Any]) -> list[list[Any]]:
    """The machine's answers to the frames of a recorded stream, and at the end of the time."""
    policy = Policy(**{**stream["policy"], "challenge": Challenge(stream["policy"]["challenge"])})
    state, answers = machine.begin(0.0, bytes.fromhex(stream["seed"])), []
    for frame in stream["frames"]:
        state, progress = advanced(state, frame, policy)
        answers.append(answer(state, progress))
    return answers + last_answer(state, policy)


def last_answer(state: State, policy: Policy) -> list[list[Any]]:
    """The page has left a stream without a verdict, so the clock ends it."""
    if state.verdict is not None:
        return []
    return [answer(machine.time_out(state, policy), NOTHING)]


def advanced(state: State, frame: Sequence[int], policy: Policy) -> tuple[State, Progress]:
    if not frame:
        return machine.miss(state), NOTHING
    values = FrameValues(*frame)
    return machine.step(
        state, judged_frame(values), now=values.now / 1000, policy=policy, fused=fused
    )


def answer(state: State, progress: Progress) -> list[Any]:
    """Everything that the page, the socket and the engine learn after a frame."""
    verdict = state.verdict
    return [
        str(progress.hint),
        round(progress.share, 4),
        [round(edge, 4) for edge in progress.box] if progress.box else None,
        _asked(progress),
        state.highest_step_shown,
        state.step_on_show,
        state.needs_tint,
        isinstance(state.stage, Moving),
        state.face is not None,
        [state.attacks, state.mismatches, state.stills, state.breaks, state.watch.cuts],
        state.movement_mistakes,
        [verdict.verified, str(verdict.reason), verdict.counted] if verdict else None,
    ]


def _asked(progress: Progress) -> list[Any] | None:
    asked = progress.asked
    if asked is None:
        return None
    if isinstance(asked, ShownColour):
        target: list[Any] = ["light", int(asked.colour)]
    else:
        target = [str(asked.cue.kind), asked.cue.target]
    return [asked.number, *target, round(asked.reached, 4), round(asked.seconds_left, 3)]


def main() -> None:
    streams = [played(scenario) for scenario in scenarios()]
    text = json.dumps(streams, separators=(",", ":"))
    RECORDED.write_bytes(gzip.compress(text.encode(), mtime=0))


def recorded() -> list[dict[str, Any]]:
    streams: list[dict[str, Any]] = json.loads(gzip.decompress(RECORDED.read_bytes()))
    return streams


if __name__ == "__main__":
    main()
