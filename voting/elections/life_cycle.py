"""The steps of an election: open, close, release. Officials or the clock take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import Action, record
from voting.board import appending as boards
from voting.crypto import chain
from voting.crypto.chain import BoardEventKind
from voting.elections import rules
from voting.elections.credentials import public_roll
from voting.elections.freezing import read_manifest
from voting.models import CastBallot, CountProgress, Election, State, election_subject
from voting.refusals import StepRefused

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User


def move(election: Election, next_state: State) -> None:
    """Move the election to the state that comes next. Raises StepRefused.

    The update asks for the old state itself. So if two officials take the step at the same moment,
    one succeeds and the other is told that somebody else has changed the election.
    """
    if not rules.may_step(election.state, next_state):
        raise StepRefused(_wrong_step(election))
    moved = Election.objects.filter(pk=election.pk, state=election.state).update(state=next_state)
    if moved != 1:
        raise StepRefused(_("Somebody else has just changed this election. Look at it again."))
    election.state = next_state


def open_election(election: Election, *, actor: User | None, now: dt.datetime) -> None:
    """Open it and begin its board. `actor` is None for the clock. Raises StepRefused."""
    if not rules.may_step(election.state, State.OPEN):
        raise StepRefused(_wrong_step(election))
    if election.closes_at is not None and election.closes_at <= now:
        raise StepRefused(_("The time of closing has passed."))
    _require_checked_key(election)
    # Before the transaction: a long roll takes seconds, and a frozen one can not change.
    body = chain.open_body(read_manifest(election), public_roll(election))
    _open(election, body, actor=actor, now=now)


@transaction.atomic
def _open(
    election: Election, body: dict[str, Any], *, actor: User | None, now: dt.datetime
) -> None:
    move(election, State.OPEN)
    boards.begin(election)
    board = boards.lock(election)
    boards.append(board, BoardEventKind.OPEN, body, now)
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
    box = CastBallot.objects.filter(election=election)
    body = chain.close_body(ballots=box.count(), counted=box.filter(live=True).count())
    boards.append(board, BoardEventKind.CLOSE, body, now)
    boards.append_head(board, now)
    CountProgress.objects.create(election=election)
    record(Action.ELECTION_CLOSED, actor=actor, subject=election_subject(election.pk))


@transaction.atomic
def release_result(election: Election, *, actor: User, now: dt.datetime) -> None:
    """Let everybody see the result. Raises StepRefused."""
    move(election, State.RELEASED)
    record(Action.RESULT_RELEASED, actor=actor, subject=election_subject(election.pk))


def _require_checked_key(election: Election) -> None:
    if election.is_server_key:
        return
    checked = election.trustees.filter(key_checked=True).count()
    if checked < election.threshold:
        raise StepRefused(
            _("%(checked)d of the %(needed)d trustees that a count needs have checked the key.")
            % {"checked": checked, "needed": election.threshold}
        )


def _wrong_step(election: Election) -> str:
    return _("The election is %(state)s; this step does not come next.") % {
        "state": election.get_state_display()
    }
