"""What else changes the face of somebody on a fixed roll, and so takes two officials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.moments import in_words
from accounts.proposals import deciding
from accounts.proposals.kinds import Kind, Outcome
from accounts.proposals.protected import SecondOfficialNeeded
from accounts.proposals.second_official import ProposalRefusalCode, ProposalRefused
from biometrics.consent.erasure import erase_voter
from biometrics.enrolment.photos import NothingToAccept, accept_resemblance, remove_photo
from biometrics.models import ReferencePhoto

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Proposal, User


def remove_or_propose(photo: ReferencePhoto, *, actor: User) -> bool:
    """Remove a photo; False if it is only proposed now."""
    try:
        remove_photo(photo, actor=actor)
    except SecondOfficialNeeded:
        _propose(REMOVE_PHOTO, actor, photo.user, {"photo": str(photo.pk)})
        return False
    return True


def accept_or_propose(photo: ReferencePhoto, *, actor: User) -> bool:
    """Accept a resemblance; False if it is only proposed now. Raises NothingToAccept."""
    try:
        accept_resemblance(photo, actor=actor)
    except SecondOfficialNeeded:
        _propose(ACCEPT_RESEMBLANCE, actor, photo.user, {"photo": str(photo.pk)})
        return False
    return True


def erase_or_propose(person: User, *, actor: User) -> bool:
    """Erase photos and templates; False if it is only proposed now."""
    try:
        erase_voter(person, actor=actor)
    except SecondOfficialNeeded:
        _propose(ERASE_FACE, actor, person, {})
        return False
    return True


def _propose(kind: Kind, actor: User, person: User, detail: dict[str, str]) -> None:
    deciding.propose(kind, actor=actor, person=person, detail=detail, now=timezone.now())


def _photo(proposal: Proposal) -> ReferencePhoto:
    photos = ReferencePhoto.objects.filter(user=proposal.about)
    photo = photos.filter(pk=proposal.detail["photo"]).first()
    if photo is None:
        raise ProposalRefused(ProposalRefusalCode.NOT_POSSIBLE)
    return photo


def _remove(proposal: Proposal, actor: User, now: datetime) -> Outcome:
    remove_photo(_photo(proposal), actor=actor, approved=proposal, now=now)
    return Outcome(_("The photo is removed."))


def _accept(proposal: Proposal, actor: User, now: datetime) -> Outcome:
    try:
        accept_resemblance(_photo(proposal), actor=actor, approved=proposal, now=now)
    except NothingToAccept as error:
        raise ProposalRefused(ProposalRefusalCode.NOT_POSSIBLE) from error
    return Outcome(_("The photo is accepted."))


def _erase(proposal: Proposal, actor: User, _now: datetime) -> Outcome:
    erase_voter(proposal.about, actor=actor, approved=proposal)
    return Outcome(_("Photos and templates are erased."))


def _which_photo(proposal: Proposal) -> str:
    photo = ReferencePhoto.objects.filter(pk=proposal.detail.get("photo")).first()
    if photo is None:
        return _("The photo is gone.")
    return _("the photo added on %(when)s") % {"when": in_words(photo.added_at)}


def _which_resemblance(proposal: Proposal) -> str:
    photo = ReferencePhoto.objects.filter(pk=proposal.detail.get("photo")).first()
    if photo is None or photo.resembles is None:
        return _("The photo is gone.")
    return _("It looks like %(name)s.") % {"name": photo.resembles.get_username()}


REMOVE_PHOTO = Kind(
    name="remove-photo",
    label=gettext_lazy("Remove a photo from a face"),
    permission="biometrics.delete_referencephoto",
    carry_out=_remove,
    describe=_which_photo,
)
ACCEPT_RESEMBLANCE = Kind(
    name="accept-resemblance",
    label=gettext_lazy("Accept a face that looks like another voter's"),
    permission="biometrics.change_referencephoto",
    carry_out=_accept,
    describe=_which_resemblance,
)
ERASE_FACE = Kind(
    name="erase-face",
    label=gettext_lazy("Erase all photos and templates"),
    permission="biometrics.delete_referencephoto",
    carry_out=_erase,
    describe=lambda _proposal: _("all photos and templates of this person"),
)
