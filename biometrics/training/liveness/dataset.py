"""What a liveness network learns from: faces with surroundings, each on one side of a split."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.attacks.presented import presented
from biometrics.engine.pad.texture import ENLARGEMENT
from biometrics.engine.types import Box, RgbImage
from biometrics.training.liveness.augmentation import varied
from biometrics.training.liveness.samples import frames_of
from biometrics.training.liveness.surroundings import as_jpeg, with_surroundings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from biometrics.engine.types import Face
    from biometrics.training.liveness.samples import Presentation

    Find = Callable[[RgbImage], Face | None]
    Tell = Callable[[Iterator["Example"]], Iterable["Example"]]

MAX_SIDE = 320
# How much more a real attack has to teach than a simulated one, or a face without surroundings.
HOME = 6
SIMULATED = "simulated"


class DatasetRefused(ValueError):
    """Nothing can be learnt, or nothing honestly measured, from this data."""


class Side(StrEnum):
    """Weights are fitted to the first; stopping, mixing and threshold are chosen on the second.

    Strangers, whom nobody attacked as, have a say in the threshold alone.
    """

    TRAIN = "train"
    CHOOSE = "choose"
    REPORT = "report"
    STRANGERS = "strangers"


SWAPPED = {Side.CHOOSE: Side.REPORT, Side.REPORT: Side.CHOOSE}


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One face, encoded, at `box` of its picture; `series` as in Presentation."""

    jpeg: bytes
    box: Box
    bona_fide: bool
    species: str
    group: str
    side: Side
    series: tuple[str, ...] = ()

    def image(self) -> RgbImage:
        """(height, width, 3) RGB."""
        encoded = np.frombuffer(self.jpeg, np.uint8)
        return RgbImage(np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR_RGB), dtype=np.uint8))


def divide(
    presentations: Sequence[Presentation], *, seed: int, swapped: bool = False
) -> dict[Presentation, Side]:
    """Lines of the split `train` train; of all others half of the people choose, half report.

    A source without any split goes by people too: half train, a quarter each chooses and reports.
    If `swapped`, those who would choose are reported on, and the other way round.
    Raises DatasetRefused for a person on two sides, or a side without one of the classes.
    """
    sides: dict[Presentation, Side] = {}
    for source in sorted({one.source for one in presentations}):
        mine = [one for one in presentations if one.source == source]
        rest = [one for one in mine if one.split != Side.TRAIN]
        parts = _parts(any(one.split for one in mine))
        people = _shuffled({_person(one) for one in rest}, seed)
        place = {name: parts[number % len(parts)] for number, name in enumerate(people)}
        sides |= {one: Side.TRAIN for one in mine if one.split == Side.TRAIN}
        sides |= {one: place[_person(one)] for one in rest}
    if swapped:
        sides = {one: SWAPPED.get(side, side) for one, side in sides.items()}
    _require_people_apart(sides)
    _require_both_classes(sides)
    return sides


def examples(
    sides: Iterable[tuple[Presentation, Side]], find: Find, *, every: int
) -> Iterator[Example | None]:
    """One for each picture and each n-th frame of a clip; None where no face is found."""
    for presentation, side in sides:
        for number, image in enumerate(frames_of(presentation.path)):
            if number % every == 0:
                face = find(image)
                yield _example(presentation, side, image, face.box) if face else None


def simulated(bona_fide: Sequence[Example], *, seed: int) -> Iterator[Example]:
    """An attack made of each: shown on paper or a display in front of another one's room."""
    for number, one in enumerate(bona_fide):
        rng = np.random.default_rng([seed, number])
        room = bona_fide[int(rng.integers(len(bona_fide)))].image()
        scene = presented(one.image(), one.box, room, rng)
        yield replace(
            one,
            jpeg=as_jpeg(scene.image),
            box=scene.box,
            bona_fide=False,
            species=SIMULATED,
            group=f"{SIMULATED} {one.group}",
            series=(),
        )


def taken_elsewhere(some: Iterable[Example], *, seed: int) -> Iterator[Example]:
    """The same as other cameras in other light would have it: what a stranger brings along."""
    for number, one in enumerate(some):
        crop = varied(one.image(), one.box, np.random.default_rng([seed, number]))
        yield replace(one, jpeg=as_jpeg(crop), box=filling(crop))


def completed(found: Sequence[Example], *, seed: int, tell: Tell = iter) -> list[Example]:
    """With attacks simulated from the real faces that train and from those of strangers.

    Strangers and the attacks made of them are given as other cameras would have them.
    """
    strange = [one for one in found if one.side is Side.STRANGERS]
    known = [one for one in found if one.side is not Side.STRANGERS]
    real = [one for one in known if one.bona_fide and one.side is Side.TRAIN]
    made = list(tell(simulated(real, seed=seed)))
    shown = [*strange, *tell(simulated(strange, seed=seed))]
    return [*known, *made, *taken_elsewhere(shown, seed=seed)]


def of(found: Iterable[Example], side: Side) -> list[Example]:
    return [one for one in found if one.side is side]


def homes(found: Iterable[Example]) -> set[str]:
    """The groups that are measured on: frames of real attacks, with whatever surrounds them."""
    return {one.group for one in found if one.side in {Side.CHOOSE, Side.REPORT}}


def weights(
    learnt: Sequence[Example], home: AbstractSet[str], *, more: float = HOME
) -> list[float]:
    """How much each counts: both classes alike, within one each group by the root of its size.

    Groups in `home` count `more` times as much as collections of other faces and simulated attacks.
    """
    kinds = [(one.bona_fide, one.group) for one in learnt]
    sizes = {kind: kinds.count(kind) for kind in set(kinds)}
    wanted = {
        (label, group): size**0.5 * (more if group in home else 1)
        for (label, group), size in sizes.items()
    }
    whole = {
        label: sum(share for kind, share in wanted.items() if kind[0] is label)
        for label in (True, False)
    }
    total = len(learnt) / 2
    return [total * wanted[kind] / (sizes[kind] * whole[kind[0]]) for kind in kinds]


def source_of(group: str) -> str:
    """Where the faces of a group come from, its simulated attacks too."""
    return group.removeprefix(f"{SIMULATED} ")


def _parts(has_split: bool) -> tuple[Side, ...]:
    held_back = (Side.CHOOSE, Side.REPORT)
    return held_back if has_split else (Side.TRAIN, Side.CHOOSE, Side.TRAIN, Side.REPORT)


def _person(one: Presentation) -> str:
    return one.subject or one.source


def _shuffled(people: set[str], seed: int) -> list[str]:
    ordered = sorted(people)
    return [ordered[at] for at in np.random.default_rng(seed).permutation(len(ordered))]


def _require_people_apart(sides: dict[Presentation, Side]) -> None:
    seen: dict[str, Side] = {}
    for one, side in sides.items():
        if one.subject and seen.setdefault(f"{one.source}/{one.subject}", side) is not side:
            raise DatasetRefused(f"{one.subject} of {one.source} is in train and in another split")


def _require_both_classes(sides: dict[Presentation, Side]) -> None:
    for side in (Side.TRAIN, Side.CHOOSE, Side.REPORT):
        labels = {one.bona_fide for one, found in sides.items() if found is side}
        if len(labels) < 2:
            raise DatasetRefused(
                f"the side '{side}' needs both real faces and attacks, of people of its own"
            )


def _example(presentation: Presentation, side: Side, image: RgbImage, box: Box) -> Example:
    part, moved = with_surroundings(image, box, max_side=MAX_SIDE)
    return Example(
        jpeg=as_jpeg(part),
        box=moved,
        bona_fide=presentation.bona_fide,
        species=presentation.species,
        group=presentation.source,
        side=side,
        series=presentation.series,
    )


def filling(crop: RgbImage) -> Box:
    """The box for which `context_crop` gives the whole of a square picture."""
    side = crop.shape[0]
    margin = (side - side / ENLARGEMENT) / 2
    return Box(margin, margin, side - margin, side - margin)
