"""Steps that two officials take together: one proposes, another approves, the board tells.

A broken key ceremony begins anew, an election opens without the endorsement of trustees who can not
be reached, it closes later, or the link between its persons and its credentials is removed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.audit import Action, record
from voting.board import appending as boards
from voting.board.officials import pseudonyms
from voting.crypto import times
from voting.crypto.board import bodies
from voting.crypto.board.chain import BoardEventKind, Event
from voting.elections import rules, two_officials
from voting.keys import ceremony
from voting.models import Election, JointStep, JointStepKind, State, election_subject
from voting.refusals import StepRefused

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from accounts.models import User

# Who proposes a joint step, and who approves it.
PERMISSION = "voting.run_election"
STATES = {
    JointStepKind.RESTART: State.DRAFT,
    JointStepKind.WAIVE: State.FROZEN,
    JointStepKind.EXTEND: State.OPEN,
    JointStepKind.FORGET: State.RELEASED,
}


def propose(step: JointStep, *, actor: User) -> None:
    """Save a new step. Raises StepRefused if it could not be taken, or not by this official."""
    two_officials.require_proposer(actor, PERMISSION)
    check(step, timezone.now())
    step.proposed_by, step.approved_by = actor, None
    with transaction.atomic():
        step.save()
        _record(Action.JOINT_STEP_PROPOSED, step, actor)


def check(step: JointStep, now: dt.datetime) -> None:
    """Raises StepRefused if the step could not be taken now."""
    election = step.election
    if election.state != STATES[JointStepKind(step.kind)]:
        raise StepRefused(
            _("The election is %(state)s; this step is not possible now.")
            % {"state": election.get_state_display()}
        )
    match step.kind:
        case JointStepKind.RESTART if not ceremony.begun_by(election):
            raise StepRefused(_("No trustee has sent a key yet."))
        case JointStepKind.WAIVE:
            _require_waivable(election)
        case JointStepKind.EXTEND:
            _require_later(step, now)
        case JointStepKind.FORGET:
            _require_forgettable(election, now)


@transaction.atomic
def approve(step: JointStep, *, actor: User, now: dt.datetime) -> None:
    """Take the step. Raises StepRefused."""
    two_officials.require_second_official(actor, PERMISSION, step, now=now)
    election = Election.objects.select_for_update().get(pk=step.election_id)
    step.election = election
    check(step, now)
    two_officials.mark_approved(step, actor=actor)
    if step.kind == JointStepKind.RESTART:
        ceremony.restart(election)
    elif step.kind == JointStepKind.EXTEND:
        _extend(election, step, now)
    _record(Action.JOINT_STEP_APPROVED, step, actor)


@transaction.atomic
def decline(step: JointStep, *, actor: User) -> None:
    """Decide against it; who proposed it may also take it back. Raises StepRefused."""
    two_officials.mark_declined(step, actor=actor, permission=PERMISSION)
    _record(Action.JOINT_STEP_DECLINED, step, actor)


def waiting() -> QuerySet[JointStep]:
    """The steps that another official can still approve."""
    possible = Q()
    for kind, state in STATES.items():
        possible |= Q(kind=kind, election__state=state)
    return JointStep.objects.filter(possible, approved_by=None, declined_by=None)


def forgetting_of(election: Election) -> JointStep | None:
    """The approved step that lets the voters be forgotten, or None."""
    approved = election.joint_steps.filter(kind=JointStepKind.FORGET, approved_by__isnull=False)
    return approved.first()


def waiver_of(election: Election) -> JointStep | None:
    """The approved waiver of this election. None if all trustees have to endorse."""
    approved = election.joint_steps.filter(kind=JointStepKind.WAIVE, approved_by__isnull=False)
    return approved.first()


def require_endorsed(election: Election) -> None:
    """Raises StepRefused unless every trustee has endorsed or is waived."""
    missing = missing_endorsements(election)
    if missing:
        raise StepRefused(*missing)


def missing_endorsements(election: Election) -> list[str]:
    """A sentence if trustees have neither endorsed nor are waived; else empty."""
    if election.is_server_key:
        return []
    without = election.trustees.filter(endorsement__isnull=True).count()
    if without and waiver_of(election) is None:
        words = _(
            "%(count)d trustees have not endorsed the frozen election yet. Two officials can "
            "open it without them."
        )
        return [words % {"count": without}]
    if without > election.trustees.count() - election.threshold:
        return [_("Fewer trustees have endorsed than a count needs.")]
    return []


def _require_forgettable(election: Election, now: dt.datetime) -> None:
    if not election.is_format_2:
        raise StepRefused(_("The board of this election is of an earlier version: it stays."))
    events = election.events.filter(kind__in=(BoardEventKind.RESULT, BoardEventKind.FORGET))
    *_results, last = events.order_by("seq")
    if last.kind == BoardEventKind.FORGET or forgetting_of(election) is not None:
        raise StepRefused(_("This has been approved already."))
    counted = times.read_moment(Event.from_line(bytes(last.line)).hour)
    end = counted + timedelta(days=settings.APPEAL_DAYS)
    if now < end:
        raise StepRefused(
            _("The result can be appealed against until %(day)s.")
            % {"day": date_format(end, "DATE_FORMAT")}
        )


def _require_waivable(election: Election) -> None:
    if election.is_server_key:
        raise StepRefused(_("This election has no trustees."))
    without = election.trustees.filter(endorsement__isnull=True).count()
    most = election.trustees.count() - election.threshold
    if not without:
        raise StepRefused(_("Every trustee has endorsed this election."))
    if without > most:
        raise StepRefused(
            _("%(count)d trustees have not endorsed, and at most %(most)d can be waived.")
            % {"count": without, "most": most}
        )


def _require_later(step: JointStep, now: dt.datetime) -> None:
    closes = step.election.closes_at
    if closes is None:
        raise StepRefused(_("This election is closed by hand; it has no closing time."))
    if not rules.is_taking_ballots(step.election.state, closes, now):
        raise StepRefused(_("The time of closing has passed."))
    if step.moment is None or step.moment <= closes or step.moment.second:
        raise StepRefused(_("The new closing time is a whole minute after the old one."))


def _extend(election: Election, step: JointStep, now: dt.datetime) -> None:
    if step.moment is None:
        raise StepRefused(_("The new closing time is missing."))
    board = boards.lock(election)
    Election.objects.filter(pk=election.pk).update(closes_at=step.moment)
    officials = pseudonyms(step.proposed_by_id, step.approved_by_id)
    body = bodies.extend_body(times.moment_of(step.moment), officials)
    boards.append(board, BoardEventKind.EXTEND, body, now)


def _record(action: Action, step: JointStep, actor: User) -> None:
    record(
        action,
        actor=actor,
        subject=election_subject(step.election_id),
        step=str(step.kind),
        number=step.pk,
    )
