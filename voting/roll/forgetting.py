"""Removing the link between persons and credentials, once a result is beyond appeal.

The roll keeps who could vote and who did, and the board keeps all ballots. What goes is which
credential, alias and point was whose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.at_rest.batches import write_in_batches
from accounts.audit import Action, record
from biometrics.models import VerificationGrant, VerificationSession
from voting.board import appending as boards
from voting.board.officials import pseudonyms
from voting.crypto.board import bodies
from voting.crypto.board.chain import BoardEventKind
from voting.elections.joint_steps import forgetting_of
from voting.models import BoardEvent, Election, RollChange, VoterRollEntry, election_subject
from voting.refusals import StepRefused

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from voting.crypto.board.chain import Event


def forget(election: Election, *, now: dt.datetime) -> Event:
    """Forget, and tell it on the board; returns the signed head after that. Raises StepRefused.

    If it was interrupted, it goes on where it stopped.
    """
    step = forgetting_of(election)
    if step is None:
        raise StepRefused(_("Two officials must approve this step first."))
    events = BoardEvent.objects.filter(election=election)
    if events.filter(kind=BoardEventKind.FORGET).exists():
        raise StepRefused(_("The persons of this election are forgotten already."))
    write_in_batches(_entries(election), _forget_entries)
    trackers = list(events.exclude(tracker="").values_list("tracker", flat=True))
    write_in_batches(trackers, _forget_face_steps)
    with transaction.atomic():
        changes = RollChange.objects.filter(election=election).exclude(registrar_files={})
        changes.update(registrar_files={})
        board = boards.lock(election)
        voters = election.roll.filter(removed_by__isnull=True).count()
        officials = pseudonyms(step.proposed_by_id, step.approved_by_id)
        body = bodies.forget_body(voters, officials)
        boards.append(board, BoardEventKind.FORGET, body, now)
        head = boards.append_head(board, now)
        record(
            Action.VOTERS_FORGOTTEN,
            actor=None,
            subject=election_subject(election.pk),
            voters=voters,
        )
    return head


def _entries(election: Election) -> Sequence[int]:
    return list(election.roll.exclude(credential="").values_list("pk", flat=True))


def _forget_entries(keys: Sequence[int]) -> None:
    VoterRollEntry.objects.filter(pk__in=keys).update(credential="", alias="", points=[])


def _forget_face_steps(trackers: Sequence[str]) -> None:
    """A face step for a ballot names the person and the ballot's tracker."""
    for model in (VerificationSession, VerificationGrant):
        model.objects.filter(bound_to__in=trackers).update(bound_to="")
