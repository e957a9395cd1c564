"""Fine-tunes on the pictures of so few people that none can be kept for the report.

Everybody is learnt from in the end. The figures come from a cross-validation: a network for each
part of the data, which has learnt from the other parts and is judged on this one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from biometrics.training.liveness import recipe as whole
from biometrics.training.liveness.dataset import (
    DatasetRefused,
    Example,
    Side,
    samples_for_side,
    with_simulated_attacks,
)
from biometrics.training.liveness.operating_threshold import RULE, threshold_of
from biometrics.training.liveness.recipe import Trained
from biometrics.training.liveness.report import Judged, summary

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from biometrics.training.liveness.recipe import Recipe, TrainingProgress
    from biometrics.training.liveness.samples import Presentation

# With so many people each part of the work has people of its own: see `dataset.divide`.
ENOUGH_PEOPLE = 3
PARTS_WITHOUT_PEOPLE = 2


@dataclass(frozen=True, slots=True)
class Folds:
    """Parts of the data that are judged in turn; `always` is learnt from each time.

    `people` is how many named people have real pictures and attacks.
    """

    parts: tuple[tuple[Presentation, ...], ...]
    always: tuple[Presentation, ...]
    people: int

    @property
    def over(self) -> str:
        """What the parts are, in words."""
        return f"{len(self.parts)} people" if self.people > 1 else f"{len(self.parts)} halves"

    @property
    def worth(self) -> str:
        """What the figures are worth, and what is missing for better ones."""
        more = ENOUGH_PEOPLE - self.people
        if self.people > 1:
            judged = "each was judged by a network that had learnt from the others alone"
        else:
            judged = (
                "the same faces are in both halves, so other people will be judged worse than this"
            )
        named = "1 person" if self.people == 1 else f"{self.people or 'no'} people"
        return (
            f"{named} with real pictures and attacks: {judged}. The threshold was chosen by the "
            f"same scores, and the network that is written has learnt from everybody, so nothing "
            f"is measured on strangers. {more} more {'person' if more == 1 else 'people'}, named "
            f"as subject, with both real pictures and attacks, gives a report of its own"
        )


def folds_of(presentations: Sequence[Presentation]) -> Folds:
    """Divide by person, or by clips and pictures where fewer than two people are named.

    Raises DatasetRefused, with what is missing, if a part would lack real pictures or attacks.
    """
    people = _people_with_both(presentations)
    if len(people) > 1:
        parts = tuple(tuple(item for item in presentations if _who(item) == who) for who in people)
        always = tuple(item for item in presentations if _who(item) not in people)
        return Folds(parts, always, len(people))
    halves: list[list[Presentation]] = [[] for _ in range(PARTS_WITHOUT_PEOPLE)]
    for label, name in ((True, "real faces"), (False, "attacks")):
        same = [item for item in presentations if item.bona_fide is label]
        if len(same) < PARTS_WITHOUT_PEOPLE:
            raise DatasetRefused(
                f"there {'is' if len(same) == 1 else 'are'} {len(same)} clips or pictures of "
                f"{name}; at least {PARTS_WITHOUT_PEOPLE} of each kind are needed, better of "
                f"{ENOUGH_PEOPLE} people"
            )
        for half in range(PARTS_WITHOUT_PEOPLE):
            start, end = (len(same) * at // PARTS_WITHOUT_PEOPLE for at in (half, half + 1))
            halves[half] += same[start:end]
    return Folds(tuple(map(tuple, halves)), (), len(people))


def cross_validate(
    parts: Sequence[Sequence[Example]],
    always: Sequence[Example],
    recipe: Recipe,
    folder: Path,
    progress: TrainingProgress,
    *,
    folds: Folds,
    today: date,
) -> Trained:
    """Train one network for each part and one on everything; report on the former, return the last.

    `parts` are the examples of `folds.parts`. Raises what `recipe.train` does.
    """
    scores: list[Judged] = []
    for number, part in enumerate(parts):
        others = [example for other in parts if other is not part for example in other]
        examples = _examples([*always, *others], judged=part, recipe=recipe)
        fitted = whole.fit(examples, recipe, folder, f"part-{number}", progress)
        scores += whole.scores_of(fitted.network, examples)[Side.CHOOSE]
    everything = [*always, *(example for part in parts for example in part)]
    examples = _examples(everything, judged=everything, recipe=recipe)
    fitted = whole.fit(examples, recipe, folder, "everything", progress)
    card = whole.card_of(fitted.network, examples, recipe, today) | _figures(scores, folds)
    card["training"] |= {"epochs": len(fitted.history.loss), "parts": len(parts)}
    return Trained(fitted.network, fitted.history, card, {Side.REPORT: scores})


def _examples(
    learnt: Sequence[Example], *, judged: Sequence[Example], recipe: Recipe
) -> list[Example]:
    """Examples to learn from with attacks simulated of them, and those that are judged."""
    training = [replace(example, side=Side.TRAIN) for example in learnt]
    attacks = with_simulated_attacks(training, seed=recipe.schedule.seed)
    choosing = [replace(example, side=Side.CHOOSE) for example in judged]
    return [*samples_for_side(attacks, Side.TRAIN), *choosing]


def _figures(scores: list[Judged], folds: Folds) -> dict[str, Any]:
    threshold = threshold_of(scores)
    figures = summary(scores, threshold)
    return {
        "operating_point": {
            "threshold": threshold,
            "rule": RULE,
            "data": f"cross-validation over {folds.over}",
            **figures,
        },
        "report": {
            "data": f"cross-validation over {folds.over}",
            "worth": folds.worth,
            **figures,
        },
    }


def _people_with_both(presentations: Sequence[Presentation]) -> list[str]:
    labels: dict[str, set[bool]] = {}
    for item in presentations:
        if item.subject:
            labels.setdefault(_who(item), set()).add(item.bona_fide)
    return sorted(who for who, both in labels.items() if len(both) == 2)


def _who(item: Presentation) -> str:
    return f"{item.source}/{item.subject}" if item.subject else ""
