"""The steps of an election that officials or the clock take."""

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


def move(election: Election, following: State) -> None:
    """One conditional update: of two officials at once, one is told that it is done."""
    if not rules.may_step(election.state, following):
        raise StepRefused(_wrong_step(election))
    moved = Election.objects.filter(pk=election.pk, state=election.state).update(state=following)
    if moved != 1:
        raise StepRefused(_("Somebody else has just changed this election. Look at it again."))
    election.state = following


@transaction.atomic
def open_election(election: Election, *, actor: User | None, now: dt.datetime) -> None:
    if election.closes_at is not None and election.closes_at <= now:
        raise StepRefused(_("The time of closing has passed."))
    _require_checked_key(election)
    move(election, State.OPEN)
    boards.begin(election)
    board = boards.lock(election)
    body = chain.open_body(read_manifest(election), public_roll(election))
    boards.append(board, BoardEventKind.OPEN, body, now)
    boards.append_head(board, now)
    record(Action.ELECTION_OPENED, actor=actor, subject=election_subject(election.pk))


@transaction.atomic
def close_election(election: Election, *, actor: User | None, now: dt.datetime) -> None:
    """Taking the board first lets every cast that has begun end before the box is shut."""
    if election.state != State.OPEN:
        raise StepRefused(_wrong_step(election))
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
