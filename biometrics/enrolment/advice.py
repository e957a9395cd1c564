"""Why the engine refused a photo, and what an official can do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from biometrics.engine.types import Hint
from biometrics.models import PhotoReason

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

OTHER_PICTURE = _("Use another picture.")

ADVICE: dict[PhotoReason, _StrPromise] = {
    PhotoReason.NO_FACE: _("Use a picture that shows the whole face from the front."),
    PhotoReason.SEVERAL_FACES: _("Use a picture of this person alone, or cut the others off."),
    PhotoReason.TOO_SMALL: _("Use a picture taken from nearer, or one with more pixels."),
    PhotoReason.TOO_CLOSE: _("Use a picture with some space around the face."),
    PhotoReason.TOO_DARK: _("Turn the face to a window or a lamp and take it again."),
    PhotoReason.TOO_BRIGHT: _("Move out of the direct light and take it again."),
    PhotoReason.BLURRED: _("Hold the camera still and take it again."),
    PhotoReason.COVERED: _("Take off sunglasses, mask or scarf and take it again."),
    PhotoReason.TURNED_AWAY: _("Look straight into the camera and take it again."),
    PhotoReason.EYES_CLOSED: _("Take it again with open eyes."),
    PhotoReason.DOES_NOT_FIT: _(
        "Check whose picture this is. Remove it, or remove the others if they are the wrong ones."
    ),
    PhotoReason.ALREADY_ENROLLED: _(
        "Check whether both are one person. If they are two, as twins are, accept the photo."
    ),
    PhotoReason.UNREADABLE: _("Remove it and add it again."),
    PhotoReason.UNPROCESSABLE: OTHER_PICTURE,
}

REASON_FOR_HINT: dict[Hint, PhotoReason] = {
    Hint.NO_PICTURE: PhotoReason.NO_FACE,
    Hint.UPSIDE_DOWN: PhotoReason.NO_FACE,
    Hint.NO_FACE: PhotoReason.NO_FACE,
    Hint.SEVERAL_FACES: PhotoReason.SEVERAL_FACES,
    Hint.COME_CLOSER: PhotoReason.TOO_SMALL,
    Hint.MOVE_BACK: PhotoReason.TOO_CLOSE,
    Hint.CENTRE: PhotoReason.TOO_CLOSE,
    Hint.TOO_DARK: PhotoReason.TOO_DARK,
    Hint.TURN_TO_LIGHT: PhotoReason.TOO_DARK,
    Hint.TOO_BRIGHT: PhotoReason.TOO_BRIGHT,
    Hint.BLURRED: PhotoReason.BLURRED,
    Hint.HOLD_STILL: PhotoReason.BLURRED,
    Hint.COVERED: PhotoReason.COVERED,
    Hint.LOOK_AT_CAMERA: PhotoReason.TURNED_AWAY,
    Hint.OPEN_EYES: PhotoReason.EYES_CLOSED,
}


def advice(reason: str) -> str:
    """Return what to do about a photo's `reason`; empty if the photo was not refused.

    Raises ValueError if there is no such reason.
    """
    return str(ADVICE.get(PhotoReason(reason), OTHER_PICTURE)) if reason else ""


def reason_for(hint: Hint) -> PhotoReason:
    """Return the reason that is stored for a photo that the engine refused with this hint."""
    return REASON_FOR_HINT.get(hint, PhotoReason.UNPROCESSABLE)
