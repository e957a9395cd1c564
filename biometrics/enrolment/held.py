"""Photos that one official adds for somebody on a fixed roll: held until another one approves."""

from __future__ import annotations

import base64
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.at_rest.sealing import SealBroken
from accounts.audit import Action, record, user_subject
from accounts.proposals import deciding
from accounts.proposals.kinds import Kind, Outcome
from accounts.proposals.second_official import ProposalRefusalCode, ProposalRefused
from biometrics.consent.erasure import delete_on_commit
from biometrics.enrolment import tasks
from biometrics.models import PhotoState, ReferencePhoto
from biometrics.storage.photos import PhotoGone, read_photo

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Proposal, User


def queue_photo(photo: ReferencePhoto) -> None:
    """Send the task after the commit. If the broker is down, the sweep queues the work again."""
    transaction.on_commit(partial(tasks.encode_photo.delay, str(photo.pk)), robust=True)


def propose_photo(photo: ReferencePhoto, *, actor: User, now: datetime) -> None:
    """Raises ProposalRefused if the official may not add photos."""
    detail = {"photo": str(photo.pk)}
    deciding.propose(ADD_PHOTO, actor=actor, person=photo.user, detail=detail, now=now)


def drop_held(photo: ReferencePhoto, *, actor: User | None, now: datetime) -> bool:
    """Delete a photo that nothing was made of yet: a held one with its proposal, or a card's.

    Returns False for every other photo, which stays. Raises ProposalRefused.
    """
    if _is_unused(photo):
        return _drop_unused(photo, actor)
    held = ReferencePhoto.objects.filter(pk=photo.pk, state=PhotoState.HELD)
    if actor is None or not held.exists():
        return False
    for proposal in deciding.waiting(now=now).filter(
        kind=ADD_PHOTO.name, detail__photo=str(photo.pk)
    ):
        deciding.decline(proposal, actor=actor, now=now)
    return True


def _is_unused(photo: ReferencePhoto) -> bool:
    """A membership card's photo, or one that a voter took and no official has approved."""
    own = Q(state=PhotoState.HELD, self_enrolment__isnull=False)
    return ReferencePhoto.objects.filter(own | Q(state=PhotoState.CARD), pk=photo.pk).exists()


def _drop_unused(photo: ReferencePhoto, actor: User | None) -> bool:
    ReferencePhoto.objects.filter(pk=photo.pk).delete()
    delete_on_commit([photo.file])
    subject = user_subject(photo.user_id)
    record(Action.PHOTO_REMOVED, actor=actor, subject=subject, photo=str(photo.pk))
    return True


def _carry_out(proposal: Proposal, _actor: User, now: datetime) -> Outcome:
    photo = _held(proposal)
    if photo is None:
        raise ProposalRefused(ProposalRefusalCode.NOT_POSSIBLE)
    ReferencePhoto.objects.filter(pk=photo.pk).update(state=PhotoState.WAITING, queued_at=now)
    queue_photo(photo)
    return Outcome(_("The photo is queued."))


def _decline(proposal: Proposal) -> None:
    photo = _held(proposal)
    if photo is not None:
        photo.delete()
        delete_on_commit([photo.file])


def _describe(proposal: Proposal) -> str:
    """The picture itself: whoever approves a face must see it, and only until it is approved."""
    photo = _held(proposal)
    if photo is None:
        return _("The photo is gone.")
    try:
        jpeg = base64.b64encode(read_photo(photo)).decode()
    except (PhotoGone, SealBroken):
        return _("The photo is gone.")
    return format_html(
        '<img class="held-photo" src="data:image/jpeg;base64,{}" alt="{}">',
        jpeg,
        _("The photo to be enrolled"),
    )


def _held(proposal: Proposal) -> ReferencePhoto | None:
    held = ReferencePhoto.objects.filter(
        pk=proposal.detail.get("photo"), user=proposal.about, state=PhotoState.HELD
    )
    return held.first()


ADD_PHOTO = Kind(
    name="add-photo",
    label=gettext_lazy("Add a photo to a face"),
    permission="biometrics.add_referencephoto",
    carry_out=_carry_out,
    describe=_describe,
    decline=_decline,
)
