"""What can go wrong with a stream on its way from the camera to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometrics.engine.types import Hint
from tests.biometrics.engine.session.frames import NOT_THERE, FrameValues
from tests.biometrics.engine.session.players import uncompared

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

FAR_TO_THE_RIGHT = 4


class Disturbance:
    """Nothing goes wrong: ten frames a second, with the jitter of a network."""

    pace = 0.1

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.left = 0
        self.before: FrameValues | None = None

    def passed(self) -> float:
        """Seconds until the next frame."""
        return round(self.pace * self.chance.uniform(0.8, 1.2), 3)

    def frame(self, values: FrameValues) -> FrameValues | None:
        """The frame that arrives; None if the engine fails on it."""
        return values

    def happens(self, share: float) -> bool:
        return self.chance.random() < share

    def goes_on(self, share: float, frames: tuple[int, int]) -> bool:
        """Whether something lasts now. It begins with chance `share`, and takes so many frames."""
        if not self.left and self.happens(share):
            self.left = self.chance.randint(*frames)
        self.left = max(0, self.left - 1)
        return self.left > 0


class Rough(Disturbance):
    """Single frames are blurred, or taken for an attack or for somebody else."""

    def frame(self, values: FrameValues) -> FrameValues | None:
        if self.happens(0.03):
            hint = self.chance.choice([Hint.BLURRED, Hint.TOO_DARK, Hint.CENTRE])
            return uncompared(values, hint)
        if self.happens(0.02) and values.pad != NOT_THERE:
            return values._replace(pad=10)
        if self.happens(0.02) and values.score != NOT_THERE:
            return values._replace(score=20)
        return values


class Lost(Disturbance):
    """The face is lost for some frames, or somebody else looks over the shoulder."""

    def frame(self, values: FrameValues) -> FrameValues | None:
        if self.goes_on(0.05, (2, 7)):
            hint = Hint.NO_FACE if self.left % 2 else Hint.SEVERAL_FACES
            return uncompared(values, hint)._replace(face=0, mesh=0, tint=NOT_THERE)
        return values


class Cuts(Disturbance):
    """The face jumps, or the scene changes."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__(chance)
        self.place, self.scene = 0, 1

    def frame(self, values: FrameValues) -> FrameValues | None:
        if self.happens(0.025):
            self.place = FAR_TO_THE_RIGHT - self.place
        if self.happens(0.01):
            self.scene += 1
        return values._replace(place=self.place, scene=self.scene)


class TwoPeople(Disturbance):
    """For a while somebody else is there, in the same place or, rarely, in another."""

    def frame(self, values: FrameValues) -> FrameValues | None:
        if self.goes_on(0.04, (4, 12)) and values.person != NOT_THERE:
            place = FAR_TO_THE_RIGHT if self.chance.random() < 0.1 else 0
            return values._replace(person=2, score=20, place=place)
        return values


class Repeats(Disturbance):
    """The page sends a frame again."""

    def frame(self, values: FrameValues) -> FrameValues | None:
        if self.before is not None and self.happens(0.15):
            return self.before._replace(now=values.now, sent=values.sent, step=values.step)
        self.before = values
        return values


class Clock(Disturbance):
    """The page's clock differs from the server's, drifts, and sometimes jumps."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__(chance)
        self.ahead = chance.randint(0, 10**6)

    def frame(self, values: FrameValues) -> FrameValues | None:
        if self.happens(0.01):
            self.ahead += self.chance.choice([-150, 1000, 4000, 4900, 5100])
        if self.happens(0.2):
            self.ahead += 5
        return values._replace(sent=values.now + self.ahead)


class WithoutTimes(Disturbance):
    """The page sends no times, and some frames have no mesh or no tint."""

    def frame(self, values: FrameValues) -> FrameValues | None:
        mesh = values.mesh if self.happens(0.9) else 0
        tint = values.tint if self.happens(0.9) else NOT_THERE
        return values._replace(sent=NOT_THERE, mesh=mesh, tint=tint)


class Faults(Disturbance):
    """The engine fails on single frames."""

    def frame(self, values: FrameValues) -> FrameValues | None:
        return None if self.happens(0.02) else values


class Late(Disturbance):
    """Each frame was taken while the page still showed the step before."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__(chance)
        self.step = 0

    def frame(self, values: FrameValues) -> FrameValues | None:
        step, self.step = self.step, values.step
        return values._replace(step=step)


class Slow(Disturbance):
    """A slow link: three frames a second."""

    pace = 0.33


class Quick(Disturbance):
    """A quick camera: the rest of a hold always arrives before anybody reacts."""

    pace = 0.05


DISTURBANCES: dict[str, Callable[[random.Random], Disturbance]] = {
    "calm": Disturbance,
    "rough": Rough,
    "lost": Lost,
    "cuts": Cuts,
    "two people": TwoPeople,
    "repeats": Repeats,
    "clock": Clock,
    "without times": WithoutTimes,
    "faults": Faults,
    "late": Late,
    "slow": Slow,
    "quick": Quick,
}
