"""Casting a ballot, or opening it instead to check it. Each is one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from accounts.audit import Action, record
from voting.ballots import presence
from voting.ballots.busy import when_free
from voting.board import appending as boards
from voting.crypto import ballot as ballots
from voting.crypto.ballot import Ballot, BallotInvalid
from voting.crypto.board import bodies
from voting.crypto.board.chain import BoardEventKind, Event
from voting.crypto.board.receipts import Receipt, sign_receipt
from voting.crypto.manifest import Manifest
from voting.elections import rules
from voting.elections.credentials import row_by_manifest
from voting.keys import sealed
from voting.models import (
    BoardEvent,
    CastBallot,
    Election,
    SpoiledBallot,
    State,
    UsedCiphertext,
    VoterRollEntry,
    election_subject,
)
from voting.refusals import CastRefusalCode, CastRefused

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


def cast_ballot(
    election: Election, voter: presence.Voter, data: bytes, *, now: dt.datetime
) -> Receipt:
    """Put the ballot into the box and onto the board. Returns its receipt. Raises CastRefused.

    If the same voter sends the same ballot again, nothing is added and its receipt is returned.
    """
    _require_taking(election, now)
    submission = _verified(election, voter, data)
    try:
        event = when_free(lambda: _cast(election, voter, submission, now))
    except (CastRefused, IntegrityError) as failure:
        # After a double click, in a second tab, or if the first answer got lost, this very ballot
        # is in the box already.
        if not _is_cast(election, voter, submission):
            raise _refusal(election, submission, failure) from failure
        return receipt_of(election, submission.tracker)
    return sign_receipt(sealed.board_key(election), election.fingerprint, event)


def receipt_of(election: Election, tracker: str) -> Receipt:
    """The signed receipt of a ballot in the box."""
    row = BoardEvent.objects.get(election=election, kind=BoardEventKind.BALLOT, tracker=tracker)
    event = Event.from_line(bytes(row.line))
    return sign_receipt(sealed.board_key(election), election.fingerprint, event)


def spoil_ballot(
    election: Election, voter: presence.Voter, tracker: str, *, now: dt.datetime
) -> None:
    """Record that the voter opened this ballot: it can never be cast. Raises CastRefused."""
    _require_taking(election, now)
    when_free(lambda: _spoil(election, voter, tracker, now))


@transaction.atomic
def _spoil(election: Election, voter: presence.Voter, tracker: str, now: dt.datetime) -> None:
    board = boards.lock(election)
    _require_taking(_fresh(election), now)
    opened = SpoiledBallot.objects.filter(election=election)
    if opened.filter(tracker=tracker).exists():
        return
    if CastBallot.objects.filter(election=election, tracker=tracker).exists():
        raise CastRefused(CastRefusalCode.IN_THE_BOX)
    if opened.filter(credential=voter.entry.credential).count() >= MAX_OPENED:
        raise CastRefused(CastRefusalCode.TOO_MANY_OPENED)
    SpoiledBallot.objects.create(
        election=election, credential=voter.entry.credential, tracker=tracker
    )
    boards.append(board, BoardEventKind.SPOIL, bodies.spoil_body(tracker), now, tracker=tracker)
    record(Action.BALLOT_OPENED, actor=voter.user, subject=election_subject(election.pk))


def live_tracker(election: Election, entry: VoterRollEntry) -> str | None:
    """The tracker of the ballot that counts for this voter, or None."""
    box = CastBallot.objects.filter(election=election, credential=entry.credential, live=True)
    return box.values_list("tracker", flat=True).first()


def _verified(election: Election, voter: presence.Voter, data: bytes) -> Submission:
    # Before the transaction: the proofs take milliseconds, for which no lock should be held.
    try:
        ballot = ballots.read_ballot(data)
        manifest = _manifest(election.manifest)
        ballots.verify_ballot(manifest, row_by_manifest(manifest, voter.entry), ballot)
    except BallotInvalid as error:
        raise CastRefused(CastRefusalCode.INVALID) from error
    return Submission(ballot, data, ballot.tracker)


@transaction.atomic
def _cast(
    election: Election, voter: presence.Voter, submission: Submission, now: dt.datetime
) -> Event:
    """Returns the event of the ballot.

    Raises CastRefused, and IntegrityError for a repeated ciphertext or an opened ballot.
    """
    board = boards.lock(election)
    _require_taking(_fresh(election), now)
    supersedes = _mark_as_voted(election, voter.entry)
    presence.spend(election, voter, submission.tracker, now=now)
    _store(election, submission)
    body = bodies.ballot_body(submission.ballot, supersedes)
    event = _append(board, body, submission.tracker, now)
    record(Action.BALLOT_CAST, actor=voter.user, subject=election_subject(election.pk))
    return event


def _append(board: Board, body: dict[str, object], tracker: str, now: dt.datetime) -> Event:
    return boards.append(board, BoardEventKind.BALLOT, body, now, tracker=tracker)


def _mark_as_voted(election: Election, entry: VoterRollEntry) -> str | None:
    """Mark the voter on the roll. Returns the tracker of the ballot that a re-vote supersedes.

    The update asks for has_voted=False itself, so of two ballots at once only one changes the row.
    """
    present = VoterRollEntry.objects.filter(pk=entry.pk, removed_by__isnull=True)
    if present.filter(has_voted=False).update(has_voted=True) == 1:
        return None
    if not present.exists():
        raise CastRefused(CastRefusalCode.NOT_ON_ROLL)
    if not election.allow_revote:
        raise CastRefused(CastRefusalCode.ALREADY_CAST)
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
    if isinstance(failure, CastRefused):
        return failure
    # The reason is looked up only after a failure, because nearly every ballot is stored at once.
    opened = SpoiledBallot.objects.filter(election=election, tracker=submission.tracker)
    return CastRefused(CastRefusalCode.SPOILED if opened.exists() else CastRefusalCode.COPIED)


def _is_cast(election: Election, voter: presence.Voter, submission: Submission) -> bool:
    """A tracker names the ciphertexts alone, so the whole ballot is compared."""
    box = CastBallot.objects.filter(election=election, credential=voter.entry.credential)
    same = box.filter(tracker=submission.tracker).first()
    return same is not None and bytes(same.ballot) == submission.data


def _require_taking(election: Election, now: dt.datetime) -> None:
    if rules.is_taking_ballots(election.state, election.closes_at, now):
        return
    not_yet_open = election.state in {State.DRAFT, State.FROZEN}
    raise CastRefused(CastRefusalCode.NOT_OPEN if not_yet_open else CastRefusalCode.CLOSED)


def _fresh(election: Election) -> Election:
    """State and closing time as the database has them now, under the lock of the board."""
    return Election.objects.only("state", "closes_at").get(pk=election.pk)


@lru_cache(maxsize=8)
def _manifest(text: str) -> Manifest:
    """Cached: reading a manifest costs point multiplications, and a frozen one never changes."""
    return Manifest.from_json(text.encode())
