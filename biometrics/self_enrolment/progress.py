"""How far a voter is with the own photos: what the page of the photos shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from biometrics.enrolment.advice import ADVICE
from biometrics.models import (
    EnrolmentPolicy,
    PhotoReason,
    PhotoState,
    ReferencePhoto,
    SelfEnrolment,
    SelfEnrolmentRefusal,
    SelfEnrolmentState,
)
from biometrics.self_enrolment.policy import policy_for
from biometrics.self_enrolment.showing import pictures_of
from biometrics.storage.references import has_reference

if TYPE_CHECKING:
    from accounts.models import User


class Stage(StrEnum):
    NOT_OFFERED = "not-offered"
    TAKE = "take"
    LOOK = "look"
    WAITING = "waiting"
    # Approved, and the worker has not finished with the photos.
    ENCODING = "encoding"
    # Approved, and then found to be no face to enrol: the office has to look.
    STUCK = "stuck"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class OwnPhotos:
    """`refused` says why the last photos were refused, in words; `advice` belongs to the unusable.

    `pictures` are the photos that were taken and not handed in.
    """

    stage: Stage
    refused: str = ""
    pictures: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()


# The advice of the other reasons is for officials, who have several pictures to choose from.
FOR_VOTERS = frozenset(
    {
        PhotoReason.TOO_DARK,
        PhotoReason.TOO_BRIGHT,
        PhotoReason.BLURRED,
        PhotoReason.COVERED,
        PhotoReason.TURNED_AWAY,
        PhotoReason.EYES_CLOSED,
    }
)


def own_photos_of(user: User) -> OwnPhotos:
    if has_reference(user):
        return OwnPhotos(Stage.READY)
    if policy_for(user) == EnrolmentPolicy.OFFICIALS:
        return OwnPhotos(Stage.NOT_OFFERED)
    gone = SelfEnrolment.objects.filter(user=user).exclude(state=SelfEnrolmentState.DROPPED)
    last = gone.order_by("-pk").first()
    match last.state if last else None:
        case SelfEnrolmentState.TAKEN if last is not None:
            pictures = tuple(pictures_of(last))
            return OwnPhotos(Stage.LOOK, pictures=pictures, advice=_advice(last.unusable))
        case SelfEnrolmentState.HANDED_IN | SelfEnrolmentState.PROPOSED:
            return OwnPhotos(Stage.WAITING)
        case SelfEnrolmentState.APPROVED if last is not None:
            return OwnPhotos(_after_approval(last))
        case SelfEnrolmentState.REFUSED if last is not None:
            return OwnPhotos(Stage.TAKE, refused=str(SelfEnrolmentRefusal(last.reason).label))
    return OwnPhotos(Stage.TAKE)


def _after_approval(enrolment: SelfEnrolment) -> Stage:
    photos = ReferencePhoto.objects.filter(self_enrolment=enrolment)
    states = set(photos.values_list("state", flat=True))
    if PhotoState.WAITING in states:
        return Stage.ENCODING
    # Without photos the face was erased since, and the voter may begin anew.
    return Stage.STUCK if states else Stage.TAKE


def _advice(reasons: list[str]) -> tuple[str, ...]:
    words = (str(ADVICE[PhotoReason(reason)]) for reason in reasons if reason in FOR_VOTERS)
    return tuple(dict.fromkeys(words))
