"""The contests of a ballot in the form in which pages and the API show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voting.crypto import text
from voting.elections import rules
from voting.elections.shapes import contest_shape
from voting.models import ContestKind, PictureRole

if TYPE_CHECKING:
    from voting.models import Choice, Contest, Election, VoterRollEntry


@dataclass(frozen=True, slots=True)
class ShownChoice:
    key: str
    name: str
    party: str
    colour: str
    statement: str
    logo: int | None  # primary keys of ChoicePicture
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
    # The voter's browser draws the order: the server shows everybody the manifest's.
    is_shuffled: bool

    @property
    def is_single(self) -> bool:
        return self.max == 1 and self.min == 1


def ballot_contests(election: Election, voter: VoterRollEntry | None = None) -> list[ShownContest]:
    """The contests with their choices in the official order.

    Those of the voter's district only, if `voter` is given.
    """
    contests = election.contests.prefetch_related("choices__pictures")
    return [
        _shown_contest(contest, election)
        for contest in contests
        if voter is None or _is_for(contest, voter)
    ]


def _is_for(contest: Contest, voter: VoterRollEntry) -> bool:
    groups = {text.normalise(group) for group in contest.groups}
    return not groups or text.normalise(voter.district) in groups


def _shown_contest(contest: Contest, election: Election) -> ShownContest:
    allowed = rules.limits(contest_shape(contest))
    choices = [_shown_choice(choice) for choice in contest.choices.all()]
    return ShownContest(
        contest.key,
        contest.title,
        contest.description,
        allowed.min,
        allowed.max,
        allowed.blank,
        tuple(choices),
        is_shuffled=election.shuffle_choices and contest.kind != ContestKind.YES_NO,
    )


def _shown_choice(choice: Choice) -> ShownChoice:
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
