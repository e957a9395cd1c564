"""The count: verify every ballot, add up the encrypted ballots, and decrypt only their sum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import Action, record
from voting.board import appending as boards
from voting.counting.overrides import overrides_used
from voting.crypto import ballot as ballots
from voting.crypto import decryption, tally
from voting.crypto.ballot import BallotInvalid
from voting.crypto.board.chain import BoardEventKind, Event
from voting.crypto.board.witnesses import has_quorum, statement_from_body
from voting.crypto.decryption import PartialDecryption
from voting.crypto.tally import CountRefused, Tally
from voting.crypto.tracker import human
from voting.crypto.trustees.secret import TrusteeSecret
from voting.crypto.trustees.terms import Ceremony
from voting.elections.credentials import public_row
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
    from collections.abc import Mapping

    from accounts.models import User
    from voting.crypto.ballot import Ballot
    from voting.crypto.manifest import Manifest
    from voting.crypto.roll import RollEntry

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
    if not is_tallied(election):
        encrypted_sum = _add_up(election, manifest)
        _publish_tally(election, manifest, encrypted_sum, now)
    go_on(election, now=now)


def go_on(election: Election, *, now: dt.datetime) -> None:
    """Decrypt and finish as far as the witnesses and the trustees let it. Can be repeated."""
    if election.state != State.CLOSED or not is_tallied(election):
        return
    manifest = read_manifest(election)
    if not is_decryptable(election, manifest):
        _report(election, stage=CountStage.WITNESSES, done=0, total=manifest.witnesses.quorum)
        return
    if election.is_server_key:
        _decrypt_with_server_key(election, manifest, now)
    else:
        parts = len(_events(election, BoardEventKind.DECRYPTION))
        _report(election, stage=CountStage.TRUSTEES, done=parts, total=manifest.key.threshold)
    finish_if_possible(election, now=now)


def is_decryptable(election: Election, manifest: Manifest) -> bool:
    """Whether the sums are on the board, and as many witnesses as the manifest asks for have signed
    the board with its close.
    """
    closes = _events(election, BoardEventKind.CLOSE)
    if not closes or not is_tallied(election):
        return False
    statements = (
        statement_from_body(_body(event), manifest.fingerprint)
        for event in _events(election, BoardEventKind.WITNESS)
    )
    return has_quorum(manifest, closes[0].seq, statements)


@transaction.atomic
def receive_partial(trustee: Trustee, message: Any, *, now: dt.datetime) -> None:
    """Take one trustee's part of the decryption. Raises StepRefused if it is wrong or too late."""
    election = Election.objects.get(pk=trustee.election_id)
    if election.state != State.CLOSED or not is_tallied(election):
        raise StepRefused(_("There is nothing to decrypt at the moment."))
    board = boards.lock(election)
    manifest = read_manifest(election)
    if not is_decryptable(election, manifest):
        raise StepRefused(_("Not enough witnesses have signed the closed board yet."))
    summed = public_tally(election, manifest)
    try:
        partial = PartialDecryption.from_dict(message, manifest, summed)
        if partial.trustee != trustee.index:
            raise StepRefused(_("This part belongs to another trustee."))
        decryption.verify_partial(manifest, summed, _close_hash(election), partial)
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
    events = _events(election, BoardEventKind.DECRYPTION)
    if election.state != State.CLOSED or len(events) < manifest.key.threshold:
        return
    summed = public_tally(election, manifest)
    parts = [PartialDecryption.from_dict(_body(event), manifest, summed) for event in events]
    result = decryption.combine(manifest, summed, parts)
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
        counted_by_contest={contest.id: contest.counted for contest in summed.contests},
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


def is_tallied(election: Election) -> bool:
    """Whether the encrypted sums are on the board."""
    return BoardEvent.objects.filter(election=election, kind=BoardEventKind.TALLY).exists()


def _add_up(election: Election, manifest: Manifest) -> Tally:
    """The encrypted sum of all ballots that count. Raises StepRefused.

    Every ballot was verified on arrival. It is verified again, in case the box was tampered with.
    """
    _require_box_of_the_board(election)
    box = CastBallot.objects.filter(election=election, live=True)
    total = box.count()
    encrypted_sum, seen = tally.empty_tally(manifest), set[str]()
    roll = _roll_by_credential(election)
    for number, cast_ballot in enumerate(box.order_by("tracker").iterator(chunk_size=500)):
        if number % REPORT_EVERY == 0:
            _report(election, stage=CountStage.VERIFYING, done=number, total=total)
        ballot = _verified(manifest, roll, cast_ballot)
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


def _roll_by_credential(election: Election) -> dict[str, RollEntry]:
    row = public_row(election)
    on_roll = election.roll.filter(removed_by__isnull=True, has_voted=True)
    columns = on_roll.values_list("credential", "alias", "district", "points")
    return {entry[0]: row(*entry) for entry in columns.iterator()}


def _verified(manifest: Manifest, roll: Mapping[str, RollEntry], cast_ballot: CastBallot) -> Ballot:
    data = bytes(cast_ballot.ballot)
    try:
        ballot = ballots.read_ballot(data)
        ballots.verify_ballot(manifest, roll[cast_ballot.credential], ballot)
    except (BallotInvalid, KeyError) as error:
        raise StepRefused(_("Ballot %(tracker)s does not verify.") % _named(cast_ballot)) from error
    if ballot.tracker != cast_ballot.tracker:
        raise StepRefused(
            _("Ballot %(tracker)s is not the one on the board.") % _named(cast_ballot)
        )
    return ballot


def _named(cast_ballot: CastBallot) -> dict[str, str]:
    return {"tracker": human(cast_ballot.tracker)}


@transaction.atomic
def _publish_tally(election: Election, manifest: Manifest, summed: Tally, now: dt.datetime) -> None:
    board = boards.lock(election)
    if not is_tallied(election):
        boards.append(board, BoardEventKind.TALLY, summed.to_dict(), now)


@transaction.atomic
def _decrypt_with_server_key(election: Election, manifest: Manifest, now: dt.datetime) -> None:
    board = boards.lock(election)
    if _events(election, BoardEventKind.DECRYPTION):
        return
    # The server is the one trustee of one: the key is the constant term of its polynomial.
    round_ = manifest.key.trustees[0].registration.round
    secret = TrusteeSecret(
        Ceremony(election.slug, 1, 1), 1, round_, sealed.decryption_seed(election)
    )
    partial = decryption.partial_decryption(
        manifest,
        public_tally(election, manifest),
        _close_hash(election),
        1,
        secret.polynomial[0],
    )
    boards.append(board, BoardEventKind.DECRYPTION, partial.to_dict(manifest), now)


def _events(election: Election, kind: BoardEventKind) -> list[BoardEvent]:
    return list(BoardEvent.objects.filter(election=election, kind=kind).order_by("seq"))


def _body(event: BoardEvent) -> dict[str, Any]:
    return Event.from_line(bytes(event.line)).body


def _close_hash(election: Election) -> str:
    """The hash of the `close` event, to which every decryption is bound."""
    return _events(election, BoardEventKind.CLOSE)[0].hash


def _report(election: Election, **values: Any) -> None:
    CountProgress.objects.filter(election=election).update(**values)
