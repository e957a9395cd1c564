"""The steps of an election: open, close, release. Officials or the clock take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import Action, record
from voting.board import appending as boards
from voting.crypto import chain
from voting.crypto.chain import BoardEventKind
from voting.elections import rules
from voting.elections.freezing import public_roll, read_manifest
from voting.models import CastBallot, CountProgress, Election, State, election_subject
from voting.refusals import StepRefused

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User


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


@transaction.atomic
def open_election(election: Election, *, actor: User | None, now: dt.datetime) -> None:
    """Open it and begin its board. `actor` is None for the clock. Raises StepRefused."""
    reasons = hindrances(election, now)
    if reasons:
        raise StepRefused(*reasons)
    move(election, State.OPEN)
    boards.begin(election)
    board = boards.lock(election)
    body = chain.open_body(read_manifest(election), public_roll(election))
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
    move(election, State.RELEASED, released_at=now)
    record(Action.RESULT_RELEASED, actor=actor, subject=election_subject(election.pk))


def hindrances(election: Election, now: dt.datetime) -> list[str]:
    """A sentence for each thing that keeps a frozen election from being opened now."""
    reasons = []
    if election.closes_at is not None and election.closes_at <= now:
        reasons.append(_("The time of closing has passed. It can not open any more; call it off."))
    checked = election.trustees.filter(key_checked=True).count()
    if not election.is_server_key and checked < election.threshold:
        reasons.append(
            _("%(checked)d of the %(needed)d trustees that a count needs have checked the key.")
            % {"checked": checked, "needed": election.threshold}
        )
    return reasons


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
