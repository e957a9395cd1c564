"""The steps of an election: open, close, release. Officials or the clock take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import Action, record
from accounts.models import AccessOverride, OverridePurpose
from voting.board import appending as boards
from voting.board.officials import pseudonyms
from voting.crypto.board import bodies
from voting.crypto.board.chain import BoardEventKind
from voting.crypto.proofs import Proof
from voting.elections import joint_steps, rules
from voting.elections.credentials import public_roll
from voting.elections.freezing import read_manifest
from voting.models import CastBallot, CountProgress, Election, State, election_subject
from voting.refusals import StepRefused

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from voting.models import Board


def move(election: Election, next_state: State, **columns: object) -> None:
    """Move the election to the state that comes next, and set `columns`. Raises StepRefused.

    The update asks for the old state itself. So if two officials take the step at the same moment,
    one succeeds and the other is told that somebody else has changed the election.
    """
    if not rules.may_step(election.state, next_state):
        raise StepRefused(_wrong_step(election))
    before = Election.objects.filter(pk=election.pk, state=election.state)
    moved = before.update(state=next_state, **columns)
    if moved != 1:
        raise StepRefused(_("Somebody else has just changed this election. Look at it again."))
    election.state = next_state


def open_election(election: Election, *, actor: User | None, now: dt.datetime) -> None:
    """Open it and begin its board. `actor` is None for the clock. Raises StepRefused."""
    if not rules.may_step(election.state, State.OPEN):
        raise StepRefused(_wrong_step(election))
    reasons = hindrances(election, now)
    if reasons:
        raise StepRefused(*reasons)
    # Before the transaction: a long roll takes seconds, and a frozen one can not change.
    body = bodies.open_body(read_manifest(election), public_roll(election))
    _open(election, body, actor=actor, now=now)


@transaction.atomic
def _open(
    election: Election, body: dict[str, Any], *, actor: User | None, now: dt.datetime
) -> None:
    move(election, State.OPEN)
    boards.begin(election)
    board = boards.lock(election)
    boards.append(board, BoardEventKind.OPEN, body, now)
    _append_endorsements(election, board, now)
    boards.append_head(board, now)
    record(Action.ELECTION_OPENED, actor=actor, subject=election_subject(election.pk))


@transaction.atomic
def close_election(election: Election, *, actor: User | None, now: dt.datetime) -> None:
    """Close it for good. `actor` is None for the clock. Raises StepRefused."""
    if election.state != State.OPEN:
        raise StepRefused(_wrong_step(election))
    # Casting a ballot holds this lock too: every cast that has begun ends before the box closes.
    board = boards.lock(election)
    move(election, State.CLOSED)
    _append_overrides(election, board, now)
    box = CastBallot.objects.filter(election=election)
    body = bodies.close_body(ballots=box.count(), counted=box.filter(live=True).count())
    boards.append(board, BoardEventKind.CLOSE, body, now)
    boards.append_head(board, now)
    CountProgress.objects.create(election=election)
    record(Action.ELECTION_CLOSED, actor=actor, subject=election_subject(election.pk))


@transaction.atomic
def release_result(election: Election, *, actor: User, now: dt.datetime) -> None:
    """Let everybody see the result. Raises StepRefused."""
    move(election, State.RELEASED, released_at=now)
    record(Action.RESULT_RELEASED, actor=actor, subject=election_subject(election.pk))


def _append_endorsements(election: Election, board: Board, now: dt.datetime) -> None:
    """Publish who has endorsed the frozen election, and whom two officials have waived."""
    if election.is_server_key:
        return
    # Asked again here: the endorsements that were counted before stand on the board now.
    joint_steps.require_endorsed(election)
    waived = []
    for trustee in election.trustees.order_by("index"):
        if trustee.endorsement is None:
            waived.append(trustee.index)
            continue
        body = bodies.endorse_body(trustee.index, Proof.from_list(trustee.endorsement))
        boards.append(board, BoardEventKind.ENDORSE, body, now)
    waiver = joint_steps.waiver_of(election)
    if waived and waiver is not None:
        officials = pseudonyms(waiver.proposed_by_id, waiver.approved_by_id)
        boards.append(board, BoardEventKind.WAIVE, bodies.waive_body(waived, officials), now)


def _append_overrides(election: Election, board: Board, now: dt.datetime) -> None:
    """Publish the face steps that two officials replaced, in no order that tells whose they were.

    They come with the close and not with the ballots: there, each would stand beside the ballot of
    the voter who was let in.
    """
    pairs = sorted(
        pseudonyms(override.requested_by_id, override.confirmed_by_id)
        for override in AccessOverride.objects.filter(
            purpose=OverridePurpose.CAST,
            spent_on=election_subject(election.pk),
            spent_at__isnull=False,
        )
    )
    for number, officials in enumerate(pairs, start=1):
        body = bodies.override_body(number, officials)
        boards.append(board, BoardEventKind.OVERRIDE, body, now)


def hindrances(election: Election, now: dt.datetime) -> list[str]:
    """A sentence for each thing that keeps a frozen election from being opened now."""
    reasons = []
    if election.closes_at is not None and election.closes_at <= now:
        reasons.append(_("The time of closing has passed. It can not open any more; call it off."))
    return reasons + joint_steps.missing_endorsements(election)


def overdue(election: Election, now: dt.datetime) -> list[str]:
    """Why the clock does not open an election whose time has come; empty if all is well."""
    is_late = election.closes_at is not None and election.closes_at <= now
    due = rules.is_due_to_open(election.state, election.opens_at, now)
    if election.state != State.FROZEN or not (due or is_late):
        return []
    return hindrances(election, now)


def _wrong_step(election: Election) -> str:
    return _("The election is %(state)s; this step does not come next.") % {
        "state": election.get_state_display()
    }
