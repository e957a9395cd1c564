"""Which second step must follow the password before a login is complete."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from accounts.models import User


class Factor(StrEnum):
    FACE = "face"
    TOTP = "totp"
    # Two officials let the voter in without the face step.
    OVERRIDE = "override"
    # Officials of a demonstration site sign in with the password alone.
    NONE = "none"


VOTERS = frozenset({Factor.FACE, Factor.OVERRIDE})
# By OFFICIAL_SECOND_FACTOR. Where no second factor is required, having one is fine too. An override
# is never accepted, because it exists for voters only.
OFFICIALS = {
    "totp": frozenset({Factor.TOTP}),
    "face": frozenset({Factor.FACE}),
    "none": frozenset({Factor.NONE, Factor.TOTP, Factor.FACE}),
}


def is_official(user: User) -> bool:
    return user.is_staff or user.is_superuser


def accepted(user: User) -> frozenset[Factor]:
    """The factors of which any single one completes this person's login.

    An unknown value of OFFICIAL_SECOND_FACTOR lets no official in.
    """
    if is_official(user):
        return OFFICIALS.get(settings.OFFICIAL_SECOND_FACTOR, frozenset())
    return VOTERS


def next_factor(user: User) -> Factor:
    """The step that the sign-in page asks for after the password."""
    return Factor(settings.OFFICIAL_SECOND_FACTOR) if is_official(user) else Factor.FACE
