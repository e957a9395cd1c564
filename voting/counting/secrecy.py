"""Whether a result would tell how somebody voted. Officials are warned before they release it.

The warnings name no choice: until the release nobody may learn the count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voting.models import State

if TYPE_CHECKING:
    from voting.models import Election, Result

# Among so few, somebody who knows how the others voted knows how the last one did.
FEW_BALLOTS: Final = 5


def warnings_before_release(election: Election) -> list[str]:
    """A sentence for each; empty unless the election is counted and not released."""
    if election.state != State.COUNTED:
        return []
    numbers = election.result.numbers
    counted = numbers["counted"]
    warnings = [
        _(
            "“%(title)s”: the result will tell everybody how each voter voted, because all "
            "%(ballots)d ballots are alike."
        )
        % {"title": title, "ballots": election.result.ballots_with(contest["id"])}
        for title, contest in _titled(election)
        if contest["counts"] is not None and _all_alike(contest, election.result)
    ]
    if 0 < counted <= FEW_BALLOTS:
        words = ngettext(
            "Only %(ballots)d ballot was counted: the result will tell how its voter voted.",
            "Only %(ballots)d ballots were counted: who knows most of them can tell the rest.",
            counted,
        )
        warnings.append(words % {"ballots": counted})
    return warnings


def _titled(election: Election) -> list[tuple[str, dict[str, Any]]]:
    by_key = {contest["id"]: contest for contest in election.result.numbers["contests"]}
    return [(contest.title, by_key[contest.key]) for contest in election.contests.all()]


def _all_alike(contest: dict[str, Any], result: Result) -> bool:
    """Each choice was selected on all ballots or on none, and so was the blank one."""
    counted = result.ballots_with(contest["id"])
    counts = [*contest["counts"], *([] if contest["blank"] is None else [contest["blank"]])]
    return counted > 1 and all(count in {0, counted} for count in counts)
