"""Reads a voter's stored reference, and notes that it has served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometrics.models import Reference
from biometrics.storage.templates import reference_template

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from biometrics.engine.types import Template


class NoReference(LookupError):
    """The voter has no reference that was made by this encoder."""


def has_reference(user: User) -> bool:
    """Say whether the user has a reference of any encoder, and so can be verified at all."""
    return Reference.objects.filter(user=user).exists()


def note_verified(user: User, now: datetime) -> None:
    """Note that the user's face was recognised, so that officials see who is ready."""
    Reference.objects.filter(user=user).update(verified_at=now)


def was_verified(user: User) -> bool:
    """Say whether the user's face was ever recognised with a reference that there is now."""
    return Reference.objects.filter(user=user, verified_at__isnull=False).exists()


def reference_for(user: User, encoder_sha256: str) -> Template:
    """Return the user's template of this encoder.

    Raises NoReference if there is none, and SealBroken if the row was altered or belongs to
    somebody else.
    """
    reference = Reference.objects.filter(user=user, encoder_sha256=encoder_sha256).first()
    if reference is None:
        raise NoReference
    return reference_template(reference)
