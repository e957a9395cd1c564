"""What other parts ask about enrolment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from accounts.models import User
from biometrics.enrolment.gallery import Gallery
from biometrics.enrolment.reencoding import lost_voters, outdated_photos
from biometrics.marking.wanted import Wanted
from biometrics.models import PhotoState, Reference, ReferencePhoto
from biometrics.storage.templates import reference_template

if TYPE_CHECKING:
    from biometrics.engine.types import Template


# No row has this key: a search that leaves nobody out.
NOBODY = 0


class NoReference(LookupError):
    """The person has no reference of this encoder."""


@dataclass(frozen=True, slots=True)
class QueueState:
    """Counts of photos. `outdated` have a template of another encoder and are being renewed;
    `lost` counts people who need new photos because theirs were not kept."""

    waiting: int
    settled: int
    refused: int
    outdated: int
    lost: int

    @property
    def total(self) -> int:
        return self.waiting + self.settled

    @property
    def done_share(self) -> float:
        behind = self.waiting + self.outdated
        return 1 - behind / self.total if self.total else 1.0


def has_reference(user: User) -> bool:
    """Whether the user can be verified at all, by whatever encoder."""
    return Reference.objects.filter(user=user).exists()


def reference_for(user: User, encoder_sha256: str) -> Template:
    """Raises NoReference, and SealBroken for a row that was altered or moved."""
    reference = Reference.objects.filter(user=user, encoder_sha256=encoder_sha256).first()
    if reference is None:
        raise NoReference
    return reference_template(reference)


def gallery_of(encoder_sha256: str) -> Wanted:
    """Everybody enrolled with this encoder, for a search by an official."""
    gallery = Gallery(encoder_sha256)
    gallery.refresh()
    templates = gallery.others(NOBODY)
    people = User.objects.filter(references__encoder_sha256=encoder_sha256)
    return Wanted(templates, dict(people.values_list("pk", "username")))


def queue_state(encoder_sha256: str) -> QueueState:
    counts = ReferencePhoto.objects.aggregate(
        waiting=Count("pk", filter=Q(state=PhotoState.WAITING)),
        settled=Count("pk", filter=~Q(state=PhotoState.WAITING)),
        refused=Count("pk", filter=Q(state=PhotoState.REFUSED)),
    )
    return QueueState(
        **counts,
        outdated=outdated_photos(encoder_sha256).count(),
        lost=lost_voters(encoder_sha256),
    )
