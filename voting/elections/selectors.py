"""What pages and the API read; before release nothing here tells a count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voting.ballots import casting
from voting.crypto.chain import BoardEventKind
from voting.crypto.tracker import prefix_of
from voting.models import BoardEvent, BoardIdentity, CastBallot, Election, State, VoterRollEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Turnout:
    eligible: int
    voted: int

    @property
    def percent(self) -> float:
        return round(100 * self.voted / self.eligible, 1) if self.eligible else 0.0


@dataclass(frozen=True, slots=True)
class OwnElection:
    election: Election
    has_voted: bool
    tracker: str | None


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


def public_elections() -> QuerySet[Election]:
    return Election.objects.exclude(state=State.DRAFT)


def own_elections(user: User) -> list[OwnElection]:
    entries = (
        VoterRollEntry.objects.filter(user=user, removed_by__isnull=True)
        .exclude(election__state=State.DRAFT)
        .select_related("election")
        .order_by("-election_id")
    )
    return [
        OwnElection(
            entry.election,
            entry.has_voted,
            casting.live_tracker(entry.election, entry) if entry.has_voted else None,
        )
        for entry in entries
    ]


def turnout(election: Election) -> Turnout:
    roll = election.roll.filter(removed_by__isnull=True)
    return Turnout(roll.count(), roll.filter(has_voted=True).count())


def public_events(election: Election) -> QuerySet[BoardEvent]:
    """The board, up to where decryption begins: with its parts anybody could work out the count."""
    events = BoardEvent.objects.filter(election=election).order_by("seq")
    if election.state == State.RELEASED:
        return events
    first = events.filter(kind=BoardEventKind.DECRYPTION).values_list("seq", flat=True).first()
    return events if first is None else events.filter(seq__lt=first)


def find_events(election: Election, typed: str) -> QuerySet[BoardEvent]:
    """Events of the tracker that somebody typed, whole or in its short form."""
    prefix = prefix_of(typed)
    events = public_events(election)
    return events.filter(tracker__startswith=prefix) if prefix else events.none()


def aliases(election: Election, events: Iterable[BoardEvent]) -> dict[str, str]:
    """Who cast the ballots of these events, by tracker; nobody where voters do not appear."""
    if election.board_identity == BoardIdentity.HIDDEN:
        return {}
    trackers = [event.tracker for event in events if event.kind == BoardEventKind.BALLOT]
    box = CastBallot.objects.filter(election=election, tracker__in=trackers)
    credentials = dict(box.values_list("tracker", "credential"))
    roll = election.roll.filter(credential__in=credentials.values())
    names = dict(roll.values_list("credential", "alias"))
    return {tracker: names[credential] for tracker, credential in credentials.items()}


def board_file(election: Election) -> Iterator[bytes]:
    for line in public_events(election).values_list("line", flat=True).iterator(chunk_size=500):
        yield bytes(line) + b"\n"


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
