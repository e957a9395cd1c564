"""A released result as plain data, for the JSON download and the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voting.models import Election, State

if TYPE_CHECKING:
    from voting.models import Election


def result_data(election: Election) -> dict[str, Any]:
    result = election.result
    return {
        "election": election.slug,
        "title": election.title,
        "fingerprint": election.fingerprint,
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
    """The numbers of a released election."""
    if election.state != State.RELEASED:
        raise LookupError("not released")
    by_key = {contest["id"]: contest for contest in election.result.numbers["contests"]}
    found = []
    for contest in election.contests.prefetch_related("choices"):
        numbers = by_key[contest.key]
        voters = election.result.numbers["counted"]
        choices = tuple(
            ChoiceResult(
                choice.name,
                choice.party,
                choice.colour,
                votes,
                round(100 * votes / voters, 1) if voters else 0.0,
            )
            for choice, votes in zip(contest.choices.all(), numbers["counts"], strict=True)
        )
        found.append(ContestResult(contest.title, choices, numbers["blank"]))
    return found
