"""Erases a person's face from the site: photos, templates, and decisions about them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from accounts.audit import Action, record, user_subject
from accounts.proposals.protected import require_second_official
from biometrics.models import (
    AcceptedResemblance,
    EvaluationFinding,
    EvidenceFrame,
    Reference,
    ReferencePhoto,
    SelfEnrolment,
    SelfEnrolmentState,
)
from biometrics.storage.photos import delete_photo

if TYPE_CHECKING:
    from accounts.models import Proposal, User

OPEN_STATES = (
    SelfEnrolmentState.TAKEN,
    SelfEnrolmentState.HANDED_IN,
    SelfEnrolmentState.PROPOSED,
)


@transaction.atomic
def erase_voter(user: User, *, actor: User | None, approved: Proposal | None = None) -> None:
    """Delete every photo and template of a user. The files are deleted after the commit.

    Everybody may always do that to their own face. Raises SecondOfficialNeeded if an official
    does it alone to somebody who is on a fixed roll.
    """
    if actor is not None and actor.pk != user.pk:
        require_second_official(user, approved)
    photos = ReferencePhoto.objects.select_for_update().filter(user=user)
    files = list(photos.values_list("file", flat=True))
    references, _rows = Reference.objects.filter(user=user).delete()
    photos.delete()
    SelfEnrolment.objects.filter(user=user, state__in=OPEN_STATES).update(
        state=SelfEnrolmentState.DROPPED
    )
    EvidenceFrame.objects.filter(user=user).delete()
    AcceptedResemblance.objects.filter(user=user).delete()
    AcceptedResemblance.objects.filter(other=user).delete()
    EvaluationFinding.objects.filter(Q(user=user) | Q(other=user)).delete()
    if not files and not references:
        return
    record(Action.REFERENCE_ERASED, actor=actor, subject=user_subject(user.pk), photos=len(files))
    delete_on_commit(files)


def delete_on_commit(files: list[str]) -> None:
    """Delete the files of photos after the transaction's commit.

    A crash before that leaves encrypted files without a row, which purge_expired() deletes.
    """
    for name in files:
        transaction.on_commit(partial(delete_photo, name), robust=True)
