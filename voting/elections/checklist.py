"""The checklist of a draft: a sentence for each reason why it can not be frozen."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voting.crypto import text
from voting.crypto.contests import MAX_CHOICES
from voting.crypto.manifest import MAX_CONTESTS
from voting.elections.rules import limits
from voting.models import ContestKind
from voting.readiness.standings import Standing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from voting.elections.rules import ContestShape, ElectionShape
    from voting.readiness.standings import StandingCount

# A ballot of more choices would not fit into a line of the board.
MAX_POSITIONS: Final = 7000


def missing(election: ElectionShape, now: dt.datetime) -> list[str]:
    """A sentence for each reason why the election can not be frozen; empty if it can."""
    return [
        *_contests_lack(election),
        *_texts_lack(election),
        *_roll_lacks(election),
        *_groups_lack(election),
        *_times_lack(election, now),
        *([] if election.server_key else _trustees_lack(election)),
        *_watchers_lack(election),
    ]


def not_ready(counts: Iterable[StandingCount]) -> list[str]:
    """A sentence for each step on which voters still stand. They do not keep anybody from freezing.

    Afterwards the face and the password of a voter change only by two officials.
    """
    return [
        _not_ready(count.standing, count.voters)
        for count in counts
        if count.voters and count.standing not in {Standing.READY, Standing.VOTED}
    ]


def _not_ready(standing: Standing, voters: int) -> str:
    match standing:
        case Standing.NO_ADDRESS:
            words = ngettext(
                "%(count)d voter has neither an e-mail address nor a password.",
                "%(count)d voters have neither an e-mail address nor a password.",
                voters,
            )
        case Standing.NO_PASSWORD:
            words = ngettext(
                "%(count)d voter has no password.", "%(count)d voters have no password.", voters
            )
        case Standing.NO_FACE:
            words = ngettext(
                "%(count)d voter has no face enrolled.",
                "%(count)d voters have no face enrolled.",
                voters,
            )
        case _:
            words = ngettext(
                "%(count)d voter has never tried the face with a camera.",
                "%(count)d voters have never tried their face with a camera.",
                voters,
            )
    return words % {"count": voters}


def _contests_lack(election: ElectionShape) -> list[str]:
    contests = election.contests
    reasons = [sentence for contest in contests for sentence in contest_lacks(contest)]
    if not contests:
        reasons.append(_("There is no contest."))
    if len(contests) > MAX_CONTESTS:
        reasons.append(_("There are more than %(most)d contests.") % {"most": MAX_CONTESTS})
    positions = sum(len(contest.names) + limits(contest).blank for contest in contests)
    if positions > MAX_POSITIONS:
        reasons.append(
            _("All contests together have more than %(most)d choices.") % {"most": MAX_POSITIONS}
        )
    return reasons


def contest_lacks(contest: ContestShape) -> list[str]:
    """A sentence for each thing that is wrong with one contest."""
    reasons = []
    title = {"title": contest.title}
    allowed = limits(contest)
    if len(contest.names) < 2 and contest.kind != ContestKind.APPROVAL:
        reasons.append(_("“%(title)s” has fewer than two choices.") % title)
    elif not contest.names:
        reasons.append(_("“%(title)s” has no choices.") % title)
    elif allowed.max > len(contest.names) or allowed.max < 1 or allowed.min > allowed.max:
        reasons.append(_("“%(title)s”: the numbers of selections do not fit the choices.") % title)
    if len(contest.names) > MAX_CHOICES:
        reasons.append(
            _("“%(title)s” has more than %(most)d choices.") % {**title, "most": MAX_CHOICES}
        )
    if any(_alike(labels) for labels in contest.labels):
        reasons.append(_("“%(title)s” has two choices of one name.") % title)
    if any(not text.skeleton(name) for name in contest.names):
        reasons.append(_("“%(title)s” has a choice whose name shows nothing.") % title)
    blanks = {text.skeleton("blank"), text.skeleton(_("Blank"))}
    if allowed.blank and not blanks.isdisjoint(text.skeleton(name) for name in contest.names):
        reasons.append(
            _(
                "“%(title)s” has a choice called blank and allows a blank ballot beside it. "
                "Remove the choice or forbid the blank ballot."
            )
            % title
        )
    return reasons


def _alike(labels: Iterable[tuple[str, str]]) -> bool:
    """Whether two choices look alike with everything that a voter sees of them."""
    seen = Counter(
        (text.skeleton(name), text.skeleton(party)) for name, party in labels if text.skeleton(name)
    )
    return any(count > 1 for count in seen.values())


def _texts_lack(election: ElectionShape) -> list[str]:
    missing_in = Counter(language for language, value in election.flawed_texts if not value)
    reasons = [
        ngettext(
            "%(count)d text is missing in the language “%(language)s”.",
            "%(count)d texts are missing in the language “%(language)s”.",
            count,
        )
        % {"count": count, "language": language}
        for language, count in sorted(missing_in.items())
    ]
    flawed = _(
        "The text “%(text)s” is too long, or has a character that nobody sees or that changes the "
        "direction of writing. Type it again by hand."
    )
    shown = (text.visible(value)[:60] for _language, value in election.flawed_texts if value)
    return reasons + [flawed % {"text": value} for value in shown]


def _roll_lacks(election: ElectionShape) -> list[str]:
    reasons = []
    if not election.voters:
        reasons.append(_("The voter roll is empty."))
    if election.voters_without_account:
        reasons.append(
            _("%(count)d voters on the roll have no account.")
            % {"count": election.voters_without_account}
        )
    if election.asks_date_of_birth and election.voters_without_birth:
        reasons.append(
            _("%(count)d voters on the roll have no date of birth, but it is asked for.")
            % {"count": election.voters_without_birth}
        )
    return reasons


def _groups_lack(election: ElectionShape) -> list[str]:
    """Contests for some districts only: each must exist, and nobody may be left without a vote."""
    wanted = {group for contest in election.contests for group in contest.groups}
    if not wanted:
        return []
    voters = dict(election.voters_by_district)
    reasons = [
        _("No voter on the roll is in the district “%(name)s”.") % {"name": name}
        for name in sorted(wanted - voters.keys())
    ]
    without = sum(
        count
        for district, count in voters.items()
        if all(contest.groups and district not in contest.groups for contest in election.contests)
    )
    if without:
        reasons.append(
            _("%(count)d voters are in no district that has a contest.") % {"count": without}
        )
    if not all(not name or text.is_plain(name, text.MAX_GROUP) for name in voters):
        reasons.append(_("A district on the roll has a character that nobody sees."))
    return reasons


def _times_lack(election: ElectionShape, now: dt.datetime) -> list[str]:
    reasons = []
    opens, closes = election.opens_at, election.closes_at
    if closes is not None and closes <= now:
        reasons.append(_("The time of closing has passed."))
    if (
        opens
        and closes
        and opens.replace(second=0, microsecond=0) >= closes.replace(second=0, microsecond=0)
    ):
        reasons.append(_("The election must close at least a minute after it opens."))
    return reasons


def _trustees_lack(election: ElectionShape) -> list[str]:
    if election.trustees < 2:
        return [_("There are fewer than two trustees.")]
    if election.threshold > election.trustees:
        return [_("More trustees are needed for the count than there are.")]
    if election.at_fault:
        return [
            _("A share of %(name)s was found wrong: begin the trustees' keys anew.")
            % {"name": name}
            for name in election.at_fault
        ]
    if election.trustees_ready < election.trustees:
        waiting = election.trustees - election.trustees_ready
        return [_("%(count)d trustees have not finished their keys.") % {"count": waiting}]
    return []


def _watchers_lack(election: ElectionShape) -> list[str]:
    reasons = [
        _(
            "The file of the registrar %(name)s is missing, or the roll has changed since it was "
            "made."
        )
        % {"name": name}
        for name in election.registrars_without_file
    ]
    if not election.registrars_in_order:
        reasons.append(_("The registrars are number 1 and number 2."))
    if election.voters_without_points:
        reasons.append(
            _("%(count)d voters on the roll have no code of each registrar.")
            % {"count": election.voters_without_points}
        )
    if election.witness_quorum > election.witnesses:
        reasons.append(_("More witnesses are needed for the count than there are."))
    return reasons
