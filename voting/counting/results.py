"""A released result as plain data, for the JSON download and the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
    votes: int
    percent: float


@dataclass(frozen=True, slots=True)
class ContestResult:
    title: str
    choices: tuple[ChoiceResult, ...]
    blank: int | None


def contest_results(election: Election) -> list[ContestResult]:
    """The numbers of each contest. Raises LookupError if they are not released."""
    if election.state != State.RELEASED:
        raise LookupError("not released")
    ballots_counted = election.result.numbers["counted"]
    numbers_by_key = {contest["id"]: contest for contest in election.result.numbers["contests"]}
    results = []
    for contest in election.contests.prefetch_related("choices"):
        numbers = numbers_by_key[contest.key]
        choices = tuple(
            ChoiceResult(
                choice.name,
                choice.party,
                choice.colour,
                votes,
                round(100 * votes / ballots_counted, 1) if ballots_counted else 0.0,
            )
            for choice, votes in zip(contest.choices.all(), numbers["counts"], strict=True)
        )
        results.append(ContestResult(contest.title, choices, numbers["blank"]))
    return results
