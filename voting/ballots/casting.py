"""Casting a ballot and opening one instead: all of it in one transaction, or none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from accounts.audit import Action, record
from voting.ballots import presence
from voting.board import appending as boards
from voting.crypto import ballot as ballots
from voting.crypto import chain
from voting.crypto.ballot import Ballot, BallotInvalid
from voting.crypto.chain import BoardEventKind
from voting.crypto.manifest import Manifest
from voting.crypto.tracker import tracker as tracker_of
from voting.elections import rules
from voting.models import (
    CastBallot,
    Election,
    SpoiledBallot,
    State,
    UsedCiphertext,
    VoterRollEntry,
    election_subject,
)
from voting.refusals import CastRefused, Code

if TYPE_CHECKING:
    import datetime as dt

    from voting.models import Board

MAX_OPENED = 10


@dataclass(frozen=True, slots=True)
class Submission:
    """A ballot whose proofs hold."""

    ballot: Ballot
    data: bytes
    tracker: str


def cast_ballot(election: Election, voter: presence.Voter, data: bytes, *, now: dt.datetime) -> str:
    """The tracker of the ballot, which is in the box and on the board. Raises CastRefused.

    The same ballot again from the same voter is no second one: its tracker is given again.
    """
    _require_taking(election, now)
    submission = _check(election, voter, data)
    try:
        _cast(election, voter, submission, now)
    except (CastRefused, IntegrityError) as failure:
        # A double click, another tab or an answer that got lost: this very ballot is in the box.
        if not _is_cast(election, voter, submission.tracker):
            raise _refusal(election, submission, failure) from failure
    return submission.tracker


@transaction.atomic
def spoil_ballot(
    election: Election, voter: presence.Voter, tracker: str, *, now: dt.datetime
) -> None:
    """The voter has opened this ballot: put its tracker where it can never be cast."""
    _require_taking(election, now)
    board = boards.lock(election)
    _require_taking(_fresh(election), now)
    opened = SpoiledBallot.objects.filter(election=election)
    if opened.filter(tracker=tracker).exists():
        return
    if CastBallot.objects.filter(election=election, tracker=tracker).exists():
        raise CastRefused(Code.IN_THE_BOX)
    if opened.filter(credential=voter.entry.credential).count() >= MAX_OPENED:
        raise CastRefused(Code.TOO_MANY_OPENED)
    SpoiledBallot.objects.create(
        election=election, credential=voter.entry.credential, tracker=tracker
    )
    boards.append(board, BoardEventKind.SPOIL, chain.spoil_body(tracker), now, tracker=tracker)
    record(Action.BALLOT_OPENED, actor=voter.user, subject=election_subject(election.pk))


def live_tracker(election: Election, entry: VoterRollEntry) -> str | None:
    """The tracker of the ballot that counts for this voter."""
    box = CastBallot.objects.filter(election=election, credential=entry.credential, live=True)
    return box.values_list("tracker", flat=True).first()


def _check(election: Election, voter: presence.Voter, data: bytes) -> Submission:
    """Milliseconds of arithmetic, so before the transaction and not under its lock."""
    try:
        ballot = ballots.read_ballot(data)
        manifest = _manifest(election.manifest)
        ballots.verify_ballot(manifest, voter.entry.credential, ballot)
    except BallotInvalid as error:
        raise CastRefused(Code.INVALID) from error
    return Submission(ballot, data, tracker_of(data))


@transaction.atomic
def _cast(
    election: Election, voter: presence.Voter, submission: Submission, now: dt.datetime
) -> None:
    """IntegrityError where the database knows better: a ciphertext again, an opened ballot."""
    board = boards.lock(election)
    _require_taking(_fresh(election), now)
    supersedes = _mark(election, voter.entry)
    presence.spend(election, voter, submission.tracker, now=now)
    _store(election, submission)
    body = chain.ballot_body(submission.ballot, submission.tracker, supersedes)
    _append(board, body, submission.tracker, now)
    record(Action.BALLOT_CAST, actor=voter.user, subject=election_subject(election.pk))


def _append(board: Board, body: dict[str, object], tracker: str, now: dt.datetime) -> None:
    boards.append(board, BoardEventKind.BALLOT, body, now, tracker=tracker)


def _mark(election: Election, entry: VoterRollEntry) -> str | None:
    """Mark the roll by an update that touches one row; the tracker that a re-vote supersedes."""
    present = VoterRollEntry.objects.filter(pk=entry.pk, removed_by__isnull=True)
    if present.filter(has_voted=False).update(has_voted=True) == 1:
        return None
    if not present.exists():
        raise CastRefused(Code.NOT_ON_ROLL)
    if not election.allow_revote:
        raise CastRefused(Code.ALREADY_CAST)
    box = CastBallot.objects.filter(election=election, credential=entry.credential, live=True)
    superseded = box.values_list("tracker", flat=True).get()
    box.update(live=False)
    return superseded


def _store(election: Election, submission: Submission) -> None:
    UsedCiphertext.objects.bulk_create(
        UsedCiphertext(election=election, alpha=alpha) for alpha in submission.ballot.alphas()
    )
    CastBallot.objects.create(
        election=election,
        credential=submission.ballot.credential,
        tracker=submission.tracker,
        ballot=submission.data,
    )


def _refusal(
    election: Election, submission: Submission, failure: CastRefused | IntegrityError
) -> CastRefused:
    """Asked only now: almost every ballot is stored at the first try."""
    if isinstance(failure, CastRefused):
        return failure
    opened = SpoiledBallot.objects.filter(election=election, tracker=submission.tracker)
    return CastRefused(Code.SPOILED if opened.exists() else Code.COPIED)


def _is_cast(election: Election, voter: presence.Voter, tracker: str) -> bool:
    box = CastBallot.objects.filter(election=election, credential=voter.entry.credential)
    return box.filter(tracker=tracker).exists()


def _require_taking(election: Election, now: dt.datetime) -> None:
    if rules.is_taking_ballots(election.state, election.closes_at, now):
        return
    early = election.state in {State.DRAFT, State.FROZEN}
    raise CastRefused(Code.NOT_OPEN if early else Code.CLOSED)


def _fresh(election: Election) -> Election:
    return Election.objects.only("state", "closes_at").get(pk=election.pk)


@lru_cache(maxsize=8)
def _manifest(text: str) -> Manifest:
    """Reading one multiplies points; its text is frozen and names all of it."""
    return Manifest.from_json(text.encode())
