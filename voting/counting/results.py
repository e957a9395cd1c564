"""A released result as plain data, for the JSON download and the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voting.elections import selectors

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
            for contest in selectors.contest_results(election)
        ],
    }
