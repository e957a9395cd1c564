"""What must follow the password before a login is whole, by who signs in."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from accounts.models import User


class Factor(StrEnum):
    FACE = "face"
    TOTP = "totp"
    # Two officials stood in for the face step.
    OVERRIDE = "override"
    # The demonstration's officials: the password alone.
    NONE = "none"


VOTERS = frozenset({Factor.FACE, Factor.OVERRIDE})
# More than is asked for is enough; an override never is, for it is a way in for voters.
OFFICIALS = {
    "totp": frozenset({Factor.TOTP}),
    "face": frozenset({Factor.FACE}),
    "none": frozenset({Factor.NONE, Factor.TOTP, Factor.FACE}),
}


def is_official(user: User) -> bool:
    return user.is_staff or user.is_superuser


def accepted(user: User) -> frozenset[Factor]:
    """Any one of these completes this person's login; a setting nobody knows lets nobody in."""
    if is_official(user):
        return OFFICIALS.get(settings.OFFICIAL_SECOND_FACTOR, frozenset())
    return VOTERS


def next_factor(user: User) -> Factor:
    """Where the password step leads: one way in only, whatever else would be accepted."""
    return Factor(settings.OFFICIAL_SECOND_FACTOR) if is_official(user) else Factor.FACE
