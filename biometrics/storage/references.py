"""What other parts ask about enrolment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometrics.models import Reference
from biometrics.storage.templates import reference_template

if TYPE_CHECKING:
    from accounts.models import User
    from biometrics.engine.types import Template


class NoReference(LookupError):
    """The person has no reference of this encoder."""


def has_reference(user: User) -> bool:
    """Whether the user can be verified at all, by whatever encoder."""
    return Reference.objects.filter(user=user).exists()


def reference_for(user: User, encoder_sha256: str) -> Template:
    """Raises NoReference, and SealBroken for a row that was altered or moved."""
    reference = Reference.objects.filter(user=user, encoder_sha256=encoder_sha256).first()
    if reference is None:
        raise NoReference
    return reference_template(reference)
