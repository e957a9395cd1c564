"""Who or what is before the camera in the recorded streams: voters and attacks.

A player makes one frame after another. It knows only what the page shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from biometrics.engine.pad.coloured_light import ShownColour
from biometrics.engine.pad.cues import COMPARED_UP_TO
from biometrics.engine.pad.movements import ShownCue
from biometrics.engine.types import Hint
from tests.biometrics.engine.session.frames import HINTS, NOT_THERE, FrameValues
from tests.biometrics.engine.session.heads import toward
from tests.support.scripted_engine import Head

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

ROOM = 3
STRAIGHT = Head()


@dataclass(frozen=True)
class Page:
    """What the page shows when the camera takes a frame. Times are in seconds."""

    number: int
    now: float
    passed: float
    asked: ShownCue | ShownColour | None
    step: int
    was_asked: bool


@dataclass
class Player:
    """A living voter, who reacts after `reaction` seconds and turns at `speed` degrees a second."""

    chance: random.Random
    reaction: float = 0.4
    speed: float = 60.0
    tremor: float = 0.5
    head: Head = STRAIGHT
    goal: Head = STRAIGHT
    seen: int = 0
    since: float = 0.0
    others: list[FrameValues] = field(default_factory=list)

    def frame(self, page: Page) -> FrameValues:
        self._look(page)
        return self._values(page, self._moved(page))

    def _look(self, page: Page) -> None:
        if page.step != self.seen:
            self.seen, self.since = page.step, page.now
        if page.now - self.since >= self.reaction:
            self.goal = toward(page.asked.cue) if isinstance(page.asked, ShownCue) else STRAIGHT

    def _moved(self, page: Page) -> Head:
        distances = (
            self.goal.yaw - self.head.yaw,
            self.goal.pitch - self.head.pitch,
            80 * (self.goal.size - self.head.size),
        )
        longest = max(map(abs, distances))
        share = min(1.0, self.speed * page.passed / longest) if longest else 0.0
        self.head = Head(
            self.head.yaw + distances[0] * share,
            self.head.pitch + distances[1] * share,
            self.head.size + distances[2] * share / 80,
            self.goal.shut,
        )
        return self.head

    def _values(self, page: Page, head: Head, **changes: int) -> FrameValues:
        milliseconds = round(page.now * 1000)
        values = FrameValues(
            now=milliseconds,
            sent=milliseconds,
            step=page.step,
            digest=page.number,
            fingerprint=page.number,
            yaw=round(10 * (head.yaw + self._tremble())),
            pitch=round(10 * (head.pitch + self._tremble())),
            size=round(100 * head.size),
            shut=int(head.shut),
            tint=self._tint(page),
        )
        if max(abs(head.yaw), abs(head.pitch)) > COMPARED_UP_TO:
            values = uncompared(values, Hint.LOOK_AT_CAMERA)
        return values._replace(**changes) if changes else values

    def _tremble(self) -> float:
        return self.chance.uniform(-self.tremor, self.tremor)

    def _tint(self, page: Page) -> int:
        return int(page.asked.colour) if isinstance(page.asked, ShownColour) else ROOM


def uncompared(values: FrameValues, hint: Hint) -> FrameValues:
    """The same frame with a hint, and therefore without a comparison."""
    return values._replace(hint=HINTS.index(hint), person=NOT_THERE, score=NOT_THERE, pad=NOT_THERE)


class Unlit(Player):
    """Does what the page asks, in a room so bright that the page's light does not show."""

    def _tint(self, page: Page) -> int:
        return ROOM


class TooDark(Player):
    """Does what the page asks, but the colour of the face cannot be measured."""

    def _tint(self, page: Page) -> int:
        return NOT_THERE


class Stiff(Player):
    """Is lit by the page, but never moves."""

    def _look(self, page: Page) -> None:
        self.goal = STRAIGHT


class Contrary(Player):
    """Misunderstands the first cues, and later does what the page asks."""

    def _look(self, page: Page) -> None:
        super()._look(page)
        if self.seen in {1, 2} or (self.seen == 4 and self.chance.random() < 0.3):
            self.goal = replace(self.goal, yaw=-self.goal.yaw, pitch=-self.goal.pitch)


class Weary(Player):
    """Makes only half of each movement."""

    def _look(self, page: Page) -> None:
        super()._look(page)
        self.goal = Head(self.goal.yaw / 2, self.goal.pitch / 2, (1 + self.goal.size) / 2)


class Still(Player):
    """A photo that is moved a little before the camera."""

    def frame(self, page: Page) -> FrameValues:
        return self._values(page, STRAIGHT, still=1, fingerprint=page.number // 7, tint=ROOM)


class Printed(Player):
    """A photo on paper: the network takes most of its frames for an attack."""

    def frame(self, page: Page) -> FrameValues:
        pad = 10 if self.chance.random() < 0.6 else 70
        return self._values(page, STRAIGHT, still=1, pad=pad, tint=ROOM)


class OnScreen(Player):
    """A replay on a display: some frames look like an attack, many have too low a score."""

    def frame(self, page: Page) -> FrameValues:
        self._look(page)
        score = 20 if self.chance.random() < 0.4 else 60
        pad = 10 if self.chance.random() < 0.3 else 70
        return self._values(page, STRAIGHT, score=score, pad=pad)


class Loop(Player):
    """The same forty frames of a moving head over and over, each encoded anew."""

    def frame(self, page: Page) -> FrameValues:
        at = page.number % 40
        head = Head(20 * ((at % 11) - 5) / 5, 8 * ((at % 7) - 3) / 3) if at >= 12 else STRAIGHT
        return self._values(page, head, fingerprint=10_000 + at)


class Film(Player):
    """A head that turns to one place after another and stays there for a moment."""

    def _look(self, page: Page) -> None:
        if page.number > 11 and page.number % 6 == 0:
            self.goal = Head(self.chance.uniform(-45, 45), self.chance.uniform(-28, 28))


class Recording(Player):
    """The frames of a session with other cues, sent with the steps of this one."""

    def frame(self, page: Page) -> FrameValues:
        then = self.others[page.number % len(self.others)]
        now = round(page.now * 1000)
        return then._replace(now=now, sent=now, step=page.step, digest=page.number)


class Puppet(Player):
    """A photo bent in depth: it nods and comes closer, but hardly turns to a side."""

    def _moved(self, page: Page) -> Head:
        head = super()._moved(page)
        return replace(head, yaw=max(-20.0, min(20.0, head.yaw)))

    def frame(self, page: Page) -> FrameValues:
        self._look(page)
        head = self._moved(page)
        alike = 90 - round(abs(head.yaw) + abs(head.pitch))
        return self._values(page, head, score=alike - 20, still=int(head == STRAIGHT))


class FlatPuppet(Player):
    """A flat picture that is turned: the nose stays between the eyes."""

    def frame(self, page: Page) -> FrameValues:
        self._look(page)
        return self._values(page, self._moved(page), flat=1)


class Splice(Player):
    """The voter's photo while faces are compared, and a stranger for the movements."""

    def frame(self, page: Page) -> FrameValues:
        self._look(page)
        head = self._moved(page)
        if isinstance(page.asked, ShownCue):
            return self._values(page, head, person=2, score=20)
        return self._values(page, head)


class SecondPerson(Player):
    """After the movements somebody else takes the voter's place, with as good a score."""

    def frame(self, page: Page) -> FrameValues:
        self._look(page)
        head = self._moved(page)
        if page.was_asked and not page.asked:
            return self._values(page, head, person=2)
        values = self._values(page, head)
        return uncompared(values, Hint.BLURRED) if page.asked else values


class LookAlike(Player):
    """Single frames match, their mean does not."""

    def frame(self, page: Page) -> FrameValues:
        return self._values(page, STRAIGHT, person=2)


class Stranger(Player):
    def frame(self, page: Page) -> FrameValues:
        return self._values(page, STRAIGHT, person=2, score=20)


class EmptyChair(Player):
    def frame(self, page: Page) -> FrameValues:
        values = uncompared(self._values(page, STRAIGHT), Hint.NO_FACE)
        return values._replace(face=0, mesh=0, tint=NOT_THERE)


class WithoutMesh(Player):
    """A face that is found and compared, but never with a mesh."""

    def frame(self, page: Page) -> FrameValues:
        return self._values(page, STRAIGHT, mesh=0)


PLAYERS: dict[str, Callable[[random.Random], Player]] = {
    "voter": Player,
    "old voter": lambda chance: Player(chance, reaction=0.8, speed=30.0),
    "hasty voter": lambda chance: Player(chance, reaction=0.0, speed=1000.0),
    "unlit": Unlit,
    "stiff": Stiff,
    "contrary": Contrary,
    "weary": Weary,
    "still": Still,
    "print": Printed,
    "screen": OnScreen,
    "loop": Loop,
    "film": Film,
    "replay": Recording,
    "puppet": Puppet,
    "flat puppet": FlatPuppet,
    "splice": Splice,
    "second person": SecondPerson,
    "look-alike": LookAlike,
    "stranger": Stranger,
    "empty chair": EmptyChair,
    "without mesh": WithoutMesh,
    "too dark": TooDark,
}
