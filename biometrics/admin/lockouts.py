"""Puts a lock-out into words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from biometrics.models import FaceLockout


def lockout_words(lockout: FaceLockout | None) -> str:
    """Say how many face steps failed in a row, or that the voter is blocked."""
    if lockout is None or not lockout.failures:
        return _("none")
    if lockout.blocked:
        return _("blocked until reset")
    words = ngettext("%(count)d failure in a row", "%(count)d failures in a row", lockout.failures)
    return words % {"count": lockout.failures}
