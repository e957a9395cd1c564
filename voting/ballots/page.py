"""The contests of a ballot as the page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voting.elections import rules
from voting.elections.freezing import contest_shape
from voting.models import ContestKind, PictureRole

if TYPE_CHECKING:
    import random

    from voting.models import Choice, Contest, Election


@dataclass(frozen=True, slots=True)
class ShownChoice:
    key: str
    name: str
    party: str
    colour: str
    statement: str
    logo: int | None
    photo: int | None


@dataclass(frozen=True, slots=True)
class ShownContest:
    key: str
    title: str
    description: str
    min: int
    max: int
    blank: bool
    choices: tuple[ShownChoice, ...]

    @property
    def is_single(self) -> bool:
        return self.max == 1 and self.min == 1


def ballot_contests(election: Election, order: random.Random | None) -> list[ShownContest]:
    """In the official order, or with `order` in one drawn for this voter."""
    contests = election.contests.prefetch_related("choices__pictures")
    return [_shown(contest, order) for contest in contests]


def _shown(contest: Contest, order: random.Random | None) -> ShownContest:
    allowed = rules.limits(contest_shape(contest))
    choices = [_choice(choice) for choice in contest.choices.all()]
    if order is not None and contest.kind != ContestKind.YES_NO:
        order.shuffle(choices)
    return ShownContest(
        contest.key,
        contest.title,
        contest.description,
        allowed.min,
        allowed.max,
        allowed.blank,
        tuple(choices),
    )


def _choice(choice: Choice) -> ShownChoice:
    pictures = {picture.role: picture.pk for picture in choice.pictures.all()}
    return ShownChoice(
        choice.key,
        choice.name,
        choice.party,
        choice.colour,
        choice.statement,
        pictures.get(PictureRole.LOGO),
        pictures.get(PictureRole.PHOTO),
    )
