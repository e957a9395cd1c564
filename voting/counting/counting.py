"""The count: verify every ballot, add up the encrypted ballots, and decrypt only their sum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import Action, record
from voting.board import appending as boards
from voting.counting.overrides import overrides_used
from voting.crypto import ballot as ballots
from voting.crypto import tally
from voting.crypto.ballot import BallotInvalid
from voting.crypto.chain import BoardEventKind, Event
from voting.crypto.tally import CountRefused, PartialDecryption, Tally
from voting.crypto.tracker import human
from voting.crypto.tracker import tracker as tracker_of
from voting.crypto.trustees.key import server_key
from voting.elections.freezing import read_manifest
from voting.elections.life_cycle import move
from voting.keys import sealed
from voting.models import (
    BoardEvent,
    CastBallot,
    CountProgress,
    CountStage,
    Election,
    Result,
    State,
    Trustee,
    election_subject,
)
from voting.refusals import StepRefused

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from voting.crypto.ballot import Ballot
    from voting.crypto.manifest import Manifest

REPORT_EVERY = 50


def order_count(election: Election, *, actor: User) -> None:
    """Record that an official orders the count. The worker does it: see tasks.count_election.

    Raises StepRefused.
    """
    with transaction.atomic():
        if election.state != State.CLOSED:
            raise StepRefused(_("Only a closed election is counted."))
        record(Action.COUNT_ORDERED, actor=actor, subject=election_subject(election.pk))


def count(election: Election, *, now: dt.datetime) -> None:
    """Count as far as possible. Raises StepRefused, and CountRefused for an invalid sum or part.

    Can be repeated: what is on the board already is not appended again.
    """
    if election.state != State.CLOSED:
        return
    manifest = read_manifest(election)
    if not _tallied(election):
        encrypted_sum = _add_up(election, manifest)
        _publish_tally(election, manifest, encrypted_sum, now)
    if election.is_server_key:
        _decrypt_with_server_key(election, manifest, now)
    else:
        _report(election, stage=CountStage.TRUSTEES, done=0, total=manifest.key.threshold)
    finish_if_possible(election, now=now)


@transaction.atomic
def receive_partial(trustee: Trustee, message: Any, *, now: dt.datetime) -> None:
    """Take one trustee's part of the decryption. Raises StepRefused if it is wrong or too late."""
    election = Election.objects.get(pk=trustee.election_id)
    if election.state != State.CLOSED or not _tallied(election):
        raise StepRefused(_("There is nothing to decrypt at the moment."))
    board = boards.lock(election)
    manifest = read_manifest(election)
    try:
        partial = PartialDecryption.from_dict(message, manifest)
        if partial.trustee != trustee.index:
            raise StepRefused(_("This part belongs to another trustee."))
        tally.verify_partial(manifest, public_tally(election, manifest), partial)
    except CountRefused as error:
        raise StepRefused(
            _("The part of trustee %(number)d does not hold.") % {"number": trustee.index}
        ) from error
    without_part = Trustee.objects.filter(pk=trustee.pk, partial__isnull=True)
    if without_part.update(partial=message) != 1:
        raise StepRefused(_("Your part has arrived already."))
    boards.append(board, BoardEventKind.DECRYPTION, message, now)
    _report(election, done=len(_events(election, BoardEventKind.DECRYPTION)))
    record(
        Action.TRUSTEE_MESSAGE,
        actor=None,
        subject=election_subject(election.pk),
        trustee=trustee.index,
        kind="partial",
    )
    finish_if_possible(election, now=now)


@transaction.atomic
def finish_if_possible(election: Election, *, now: dt.datetime) -> None:
    """Publish the result and a last signed head if enough trustees' parts are on the board."""
    board = boards.lock(election)
    election.refresh_from_db(fields=["state"])
    manifest = read_manifest(election)
    parts = [_partial(event, manifest) for event in _events(election, BoardEventKind.DECRYPTION)]
    if election.state != State.CLOSED or len(parts) < manifest.key.threshold:
        return
    result = tally.combine(manifest, public_tally(election, manifest), parts)
    numbers = result.to_dict(manifest)
    boards.append(board, BoardEventKind.RESULT, numbers, now)
    boards.append_head(board, now)
    roll = election.roll.filter(removed_by__isnull=True)
    Result.objects.create(
        election=election,
        numbers=numbers,
        eligible=roll.count(),
        voted=roll.filter(has_voted=True).count(),
        overrides=overrides_used(election),
    )
    move(election, State.COUNTED)
    _report(election, stage=CountStage.DONE)
    record(Action.ELECTION_COUNTED, actor=None, subject=election_subject(election.pk))


def public_tally(election: Election, manifest: Manifest) -> Tally:
    """The encrypted sums as they stand on the board."""
    return Tally.from_dict(_body(_events(election, BoardEventKind.TALLY)[0]), manifest)


def stop(election: Election, reason: str) -> None:
    """Show on the election's page that the count failed, and why."""
    _report(election, stage=CountStage.FAILED, reason=reason)


def _tallied(election: Election) -> bool:
    return BoardEvent.objects.filter(election=election, kind=BoardEventKind.TALLY).exists()


def _add_up(election: Election, manifest: Manifest) -> Tally:
    """The encrypted sum of all ballots that count. Raises StepRefused.

    Every ballot was verified on arrival. It is verified again, in case the box was tampered with.
    """
    _require_box_of_the_board(election)
    box = CastBallot.objects.filter(election=election, live=True)
    total = box.count()
    encrypted_sum, seen = tally.empty_tally(manifest), set[str]()
    for number, cast_ballot in enumerate(box.order_by("tracker").iterator(chunk_size=500)):
        if number % REPORT_EVERY == 0:
            _report(election, stage=CountStage.VERIFYING, done=number, total=total)
        ballot = _verified(manifest, cast_ballot)
        if not seen.isdisjoint(ballot.alphas()):
            raise StepRefused(_("Ballot %(tracker)s repeats another.") % _named(cast_ballot))
        seen.update(ballot.alphas())
        encrypted_sum = tally.add_ballot(encrypted_sum, ballot)
    _report(election, stage=CountStage.VERIFYING, done=total, total=total)
    return encrypted_sum


def _require_box_of_the_board(election: Election) -> None:
    board = BoardEvent.objects.filter(election=election, kind=BoardEventKind.BALLOT)
    box = CastBallot.objects.filter(election=election)
    if set(board.values_list("tracker", flat=True)) != set(box.values_list("tracker", flat=True)):
        raise StepRefused(_("The ballots in the box are not those on the board."))


def _verified(manifest: Manifest, cast_ballot: CastBallot) -> Ballot:
    data = bytes(cast_ballot.ballot)
    try:
        ballot = ballots.read_ballot(data)
        ballots.verify_ballot(manifest, cast_ballot.credential, ballot)
    except BallotInvalid as error:
        raise StepRefused(_("Ballot %(tracker)s does not verify.") % _named(cast_ballot)) from error
    if tracker_of(data) != cast_ballot.tracker:
        raise StepRefused(
            _("Ballot %(tracker)s is not the one on the board.") % _named(cast_ballot)
        )
    return ballot


def _named(cast_ballot: CastBallot) -> dict[str, str]:
    return {"tracker": human(cast_ballot.tracker)}


@transaction.atomic
def _publish_tally(election: Election, manifest: Manifest, summed: Tally, now: dt.datetime) -> None:
    board = boards.lock(election)
    if not _tallied(election):
        boards.append(board, BoardEventKind.TALLY, summed.to_dict(manifest), now)


@transaction.atomic
def _decrypt_with_server_key(election: Election, manifest: Manifest, now: dt.datetime) -> None:
    board = boards.lock(election)
    if _events(election, BoardEventKind.DECRYPTION):
        return
    seed = sealed.decryption_seed(election)
    _setup, share = server_key(seed, election.slug, "Server")
    partial = tally.partial_decryption(manifest, public_tally(election, manifest), 1, share)
    boards.append(board, BoardEventKind.DECRYPTION, partial.to_dict(manifest), now)


def _events(election: Election, kind: BoardEventKind) -> list[BoardEvent]:
    return list(BoardEvent.objects.filter(election=election, kind=kind).order_by("seq"))


def _body(event: BoardEvent) -> dict[str, Any]:
    return Event.from_line(bytes(event.line)).body


def _partial(event: BoardEvent, manifest: Manifest) -> PartialDecryption:
    return PartialDecryption.from_dict(_body(event), manifest)


def _report(election: Election, **values: Any) -> None:
    CountProgress.objects.filter(election=election).update(**values)
