"""A lock-out in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from biometrics.models import (
        FaceLockout,
    )

    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


def lockout_words(lockout: FaceLockout | None) -> str:
    if lockout is None or not lockout.failures:
        return _("none")
    if lockout.blocked:
        return _("blocked until reset")
    words = ngettext("%(count)d failure in a row", "%(count)d failures in a row", lockout.failures)
    return words % {"count": lockout.failures}
