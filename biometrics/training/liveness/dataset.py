"""What a liveness network learns from: faces with surroundings, each on one side of the division.

Pictures are (height, width, 3) uint8 in RGB, boxes in their pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.attacks.presented import presented
from biometrics.engine.faces.surroundings import JPEG_QUALITY, with_surroundings
from biometrics.engine.images import encode_jpeg, to_bgr
from biometrics.engine.pad.texture import ENLARGEMENT
from biometrics.engine.types import Box, RgbImage
from biometrics.training.liveness.augmentation import varied
from biometrics.training.liveness.samples import frames_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from biometrics.engine.types import Face
    from biometrics.training.liveness.samples import Presentation

    FindFace = Callable[[RgbImage], Face | None]
    # Passes examples on, and shows somebody how many there were.
    ShowProgress = Callable[[Iterator["Example"]], Iterable["Example"]]

MAX_SIDE = 320
# How much more a frame counts that comes from real attacks with their surroundings: such frames
# teach more than simulated attacks, or faces without surroundings.
HOME_WEIGHT = 6
SIMULATED = "simulated"
# How a card names the simulated attacks of a source.
MADE_OF = "made of "


class DatasetRefused(ValueError):
    """Nothing can be learnt from this data, or nothing can be measured honestly."""


class TooFewPeople(DatasetRefused):
    """Not every side gets both classes: see `few_people` for what can be done then."""


class Side(StrEnum):
    """What an example is used for.

    TRAIN: the weights are fitted to it. CHOOSE: when to stop, how to mix the weights and the
    threshold are chosen by it. REPORT: error rates are reported on it, and nothing else is done.
    STRANGERS: real faces of other people, with simulated attacks; they only help to choose the
    threshold.
    """

    TRAIN = "train"
    CHOOSE = "choose"
    REPORT = "report"
    STRANGERS = "strangers"


SWAPPED = {Side.CHOOSE: Side.REPORT, Side.REPORT: Side.CHOOSE}


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One face at `box` of an encoded picture. `series` is described in Presentation."""

    jpeg: bytes
    box: Box
    bona_fide: bool
    species: str
    group: str
    side: Side
    series: tuple[str, ...] = ()

    def image(self) -> RgbImage:
        """The decoded picture: (height, width, 3) uint8 in RGB."""
        encoded = np.frombuffer(self.jpeg, np.uint8)
        return RgbImage(np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR_RGB), dtype=np.uint8))


def divide(
    presentations: Sequence[Presentation], *, seed: int, swapped: bool = False
) -> dict[Presentation, Side]:
    """The side of each presentation; all presentations of one person are on one side.

    What the data calls `train` trains. Of all other people half choose and half are reported on.
    In a source without any split, half of the people train, a quarter choose and a quarter are
    reported on; of three people each has one side. With `swapped`, choosing and reporting change
    places.

    Raises DatasetRefused for a person on two sides, and TooFewPeople for a side without one of the
    classes.
    """
    sides: dict[Presentation, Side] = {}
    for source in sorted({item.source for item in presentations}):
        of_source = [item for item in presentations if item.source == source]
        rest = [item for item in of_source if item.split != Side.TRAIN]
        people = _shuffled({_person(item) for item in rest}, seed)
        has_split = any(item.split for item in of_source)
        order = _sides_in_turn(has_split=has_split, people=len(people))
        side_of = {name: order[number % len(order)] for number, name in enumerate(people)}
        sides |= {item: Side.TRAIN for item in of_source if item.split == Side.TRAIN}
        sides |= {item: side_of[_person(item)] for item in rest}
    if swapped:
        sides = {item: SWAPPED.get(side, side) for item, side in sides.items()}
    _require_people_apart(sides)
    _require_both_classes(sides)
    return sides


def leave_out(
    sides: dict[Presentation, Side], sources: AbstractSet[str]
) -> dict[Presentation, Side]:
    """Report on these sources and on nothing else: nothing of them is learnt or chosen by.

    Whom the others would report on chooses as well. Raises DatasetRefused for a source that is not
    there, and for one that lacks real faces or attacks.
    """
    if missing := sources - {item.source for item in sides}:
        raise DatasetRefused(f"there is no source {', '.join(sorted(missing))}")
    left = {
        item: Side.REPORT
        if item.source in sources
        else Side.CHOOSE
        if side is Side.REPORT
        else side
        for item, side in sides.items()
    }
    _require_both_classes(left)
    return left


def examples(
    sides: Iterable[tuple[Presentation, Side]], find: FindFace, *, every: int
) -> Iterator[Example | None]:
    """One for each picture and for every `every`-th frame of a clip; None if no face is found.

    Raises ValueError for a file that is no picture and no clip.
    """
    for presentation, side in sides:
        for number, image in enumerate(frames_of(presentation.path)):
            if number % every == 0:
                face = find(image)
                yield _example(presentation, side, image, face.box) if face else None


def simulated(bona_fide: Sequence[Example], *, seed: int) -> Iterator[Example]:
    """An attack made of each: its face on paper or a display, in the room of another example."""
    for number, example in enumerate(bona_fide):
        rng = np.random.default_rng([seed, number])
        room = bona_fide[int(rng.integers(len(bona_fide)))].image()
        scene = presented(example.image(), example.box, room, rng)
        yield replace(
            example,
            jpeg=encode_jpeg(to_bgr(scene.image), quality=JPEG_QUALITY),
            box=scene.box,
            bona_fide=False,
            species=SIMULATED,
            group=f"{SIMULATED} {example.group}",
            series=(),
        )


def as_other_cameras_see(examples: Iterable[Example], *, seed: int) -> Iterator[Example]:
    """The same faces as other cameras in other light would show them, as strangers' faces are."""
    for number, example in enumerate(examples):
        crop = varied(example.image(), example.box, np.random.default_rng([seed, number]))
        jpeg = encode_jpeg(to_bgr(crop), quality=JPEG_QUALITY)
        yield replace(example, jpeg=jpeg, box=box_that_fills(crop))


def with_simulated_attacks(
    real: Sequence[Example], *, seed: int, show: ShowProgress = iter
) -> list[Example]:
    """`real` with attacks simulated from the bona fide examples that train, and from strangers.

    Strangers and the attacks made of them are shown as other cameras would see them.
    """
    strangers = [example for example in real if example.side is Side.STRANGERS]
    known = [example for example in real if example.side is not Side.STRANGERS]
    training = [example for example in samples_for_side(known, Side.TRAIN) if example.bona_fide]
    attacks = list(show(simulated(training, seed=seed)))
    shown = [*strangers, *show(simulated(strangers, seed=seed))]
    return [*known, *attacks, *as_other_cameras_see(shown, seed=seed)]


def samples_for_side(examples: Iterable[Example], side: Side) -> list[Example]:
    """The examples on this side, in their order."""
    return [example for example in examples if example.side is side]


def groups_measured_on(examples: Iterable[Example]) -> set[str]:
    """The groups with choosing or reporting examples: real attacks with their surroundings."""
    return {example.group for example in examples if example.side in {Side.CHOOSE, Side.REPORT}}


def example_weights(
    examples: Sequence[Example], home: AbstractSet[str], *, home_weight: float = HOME_WEIGHT
) -> list[float]:
    """How much each example counts in the loss; the mean is 1.

    Both classes count alike. Within a class a group counts by the square root of its size, and
    groups in `home` count `home_weight` times as much as that.
    """
    keys = [(example.bona_fide, example.group) for example in examples]
    sizes = {key: keys.count(key) for key in set(keys)}
    shares = {
        (label, group): size**0.5 * (home_weight if group in home else 1)
        for (label, group), size in sizes.items()
    }
    whole = {
        label: sum(share for key, share in shares.items() if key[0] is label)
        for label in (True, False)
    }
    half = len(examples) / 2
    return [half * shares[key] / (sizes[key] * whole[key[0]]) for key in keys]


def source_of(group: str) -> str:
    """The source of a group's faces; simulated attacks have the source of their real faces."""
    return group.removeprefix(f"{SIMULATED} ")


def _sides_in_turn(*, has_split: bool, people: int) -> tuple[Side, ...]:
    """The sides that a source's people are dealt to, one after the other."""
    if has_split:
        return (Side.CHOOSE, Side.REPORT)
    if people == 3:
        return (Side.TRAIN, Side.CHOOSE, Side.REPORT)
    return (Side.TRAIN, Side.CHOOSE, Side.TRAIN, Side.REPORT)


def _person(presentation: Presentation) -> str:
    return presentation.subject or presentation.source


def _shuffled(people: set[str], seed: int) -> list[str]:
    ordered = sorted(people)
    return [ordered[at] for at in np.random.default_rng(seed).permutation(len(ordered))]


def _require_people_apart(sides: dict[Presentation, Side]) -> None:
    seen: dict[str, Side] = {}
    for item, side in sides.items():
        if item.subject and seen.setdefault(f"{item.source}/{item.subject}", side) is not side:
            raise DatasetRefused(
                f"{item.subject} of {item.source} is in train and in another split"
            )


def _require_both_classes(sides: dict[Presentation, Side]) -> None:
    for side in (Side.TRAIN, Side.CHOOSE, Side.REPORT):
        labels = {item.bona_fide for item, own in sides.items() if own is side}
        if len(labels) < 2:
            raise TooFewPeople(
                f"the side '{side}' needs both real faces and attacks, of people of its own"
            )


def _example(presentation: Presentation, side: Side, image: RgbImage, box: Box) -> Example:
    part, moved = with_surroundings(image, box, max_side=MAX_SIDE)
    return Example(
        jpeg=encode_jpeg(to_bgr(part), quality=JPEG_QUALITY),
        box=moved,
        bona_fide=presentation.bona_fide,
        species=presentation.species,
        group=presentation.source,
        side=side,
        series=presentation.series,
    )


def box_that_fills(crop: RgbImage) -> Box:
    """The face box for which `context_crop` gives the whole of a square picture."""
    side = crop.shape[0]
    margin = (side - side / ENLARGEMENT) / 2
    return Box(margin, margin, side - margin, side - margin)
