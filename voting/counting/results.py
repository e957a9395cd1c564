"""A released result as plain data, for the JSON download and the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from voting.models import State

if TYPE_CHECKING:
    from voting.models import Election


def result_data(election: Election) -> dict[str, Any]:
    """The whole result. Raises LookupError if it is not released."""
    result = election.result
    return {
        "election": election.slug,
        "title": election.title,
        "fingerprint": election.fingerprint,
        "released_at": election.released_at.isoformat() if election.released_at else None,
        "eligible": result.eligible,
        "voted": result.voted,
        "overrides": result.overrides,
        "contests": [
            {
                "title": contest.title,
                "blank": contest.blank,
                "withheld": contest.withheld,
                "ties": [list(names) for names in contest.ties],
                "choices": [
                    {"name": c.name, "party": c.party, "votes": c.votes, "percent": c.percent}
                    for c in contest.choices
                ],
            }
            for contest in contest_results(election)
        ],
    }


@dataclass(frozen=True, slots=True)
class ChoiceResult:
    name: str
    party: str
    colour: str
    votes: int | None  # None if the contest is withheld
    percent: float | None


@dataclass(frozen=True, slots=True)
class ContestResult:
    title: str
    choices: tuple[ChoiceResult, ...]
    blank: int | None
    withheld: bool  # so few ballots have the contest that its numbers stay secret

    @property
    def ties(self) -> tuple[tuple[str, ...], ...]:
        """The names of choices that have equally many votes, those with most votes first."""
        by_votes: dict[int, list[str]] = {}
        for choice in self.choices:
            if choice.votes:
                by_votes.setdefault(choice.votes, []).append(choice.name)
        return tuple(
            tuple(names)
            for _votes, names in sorted(by_votes.items(), reverse=True)
            if len(names) > 1
        )

    @property
    def ties_in_words(self) -> list[str]:
        return [
            _("%(names)s have equally many votes.") % {"names": _list_of(names)}
            for names in self.ties
        ]


def _list_of(names: tuple[str, ...]) -> str:
    """ "Ada, Ben and Cleo"."""
    *first, last = names
    return _("%(names)s and %(last)s") % {"names": ", ".join(first), "last": last}


def contest_results(election: Election) -> list[ContestResult]:
    """The numbers of each contest. Raises LookupError if they are not released."""
    if election.state != State.RELEASED:
        raise LookupError("not released")
    numbers_by_key = {contest["id"]: contest for contest in election.result.numbers["contests"]}
    results = []
    for contest in election.contests.prefetch_related("choices"):
        numbers = numbers_by_key[contest.key]
        ballots = election.result.ballots_with(contest.key)
        choices = list(contest.choices.all())
        votes = numbers["counts"] or [None] * len(choices)
        results.append(
            ContestResult(
                contest.title,
                tuple(
                    ChoiceResult(
                        choice.name,
                        choice.party,
                        choice.colour,
                        number,
                        _percent(number, ballots),
                    )
                    for choice, number in zip(choices, votes, strict=True)
                ),
                numbers["blank"],
                withheld=numbers["counts"] is None,
            )
        )
    return results


def _percent(votes: int | None, ballots: int) -> float | None:
    if votes is None:
        return None
    return round(100 * votes / ballots, 1) if ballots else 0.0
