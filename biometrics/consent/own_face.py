"""What the site keeps of one person's face, for that person; and its erasure with the account."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from accounts.at_rest.sealing import SealBroken
from biometrics.consent.erasure import erase_voter
from biometrics.models import (
    Consent,
    EnrolmentNotice,
    FaceAllowance,
    FaceLockout,
    PhoneHandoff,
    Reference,
    ReferencePhoto,
    SelfEnrolment,
    VerificationSession,
)
from biometrics.storage.photos import PhotoGone, read_photo

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

OF_ONE_PERSON = (VerificationSession, EnrolmentNotice, FaceLockout, FaceAllowance)
TEMPLATE = (
    "numbers that describe your face, encrypted; they are not given out, because whoever has them "
    "could try to imitate your face"
)


def own_face(user: User) -> dict[str, Any]:
    photos = ReferencePhoto.objects.filter(user=user).order_by("added_at")
    return {
        "consents": _rows(
            Consent.objects.filter(user=user), "text_version", "given_at", "withdrawn_at"
        ),
        "photos": [_photo(photo) for photo in photos],
        "references": [
            {**row, "template": TEMPLATE}
            for row in _rows(
                Reference.objects.filter(user=user), "encoder", "photos_used", "made_at"
            )
        ],
        "own_photos": _rows(
            SelfEnrolment.objects.filter(user=user),
            *("state", "reason", "taken_at", "handed_in_at", "decided_at"),
        ),
        "phone_handoffs": _rows(
            PhoneHandoff.objects.filter(user=user), "purpose", "state", "desk", "created_at"
        ),
        "face_steps": _rows(
            VerificationSession.objects.filter(user=user),
            *("purpose", "state", "reason", "counted", "frames", "camera", "created_at"),
        ),
        "letters": _rows(
            EnrolmentNotice.objects.filter(user=user), "photos", "made_at", "mailed_at", "read_at"
        ),
        "lock_out": _rows(
            FaceLockout.objects.filter(user=user), "failures", "wait_until", "blocked"
        ),
        "frames_used": _rows(FaceAllowance.objects.filter(user=user), "began_at", "frames", "left"),
    }


def forget_face(sender: Any, user: User, now: datetime, **_: Any) -> None:
    """Receives accounts' signal `account_emptied`. That consent was once given stays on record."""
    erase_voter(user, actor=None)
    for model in (*OF_ONE_PERSON, PhoneHandoff, SelfEnrolment):
        model.objects.filter(user=user).delete()
    Consent.objects.filter(user=user, withdrawn_at=None).update(withdrawn_at=now)


def _photo(photo: ReferencePhoto) -> dict[str, Any]:
    try:
        jpeg = base64.b64encode(read_photo(photo)).decode()
    except (PhotoGone, SealBroken):
        jpeg = ""
    return {
        "state": photo.state,
        "reason": photo.reason,
        "quality": photo.quality,
        "added_at": photo.added_at,
        "jpeg_in_base64": jpeg,
    }


def _rows(queryset: Any, *columns: str) -> list[dict[str, Any]]:
    return list(queryset.values(*columns))
