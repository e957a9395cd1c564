"""Fields for texts that end up in a manifest: what is typed is brought into the one form of a text.

docs/cryptography.md, section 2. What can not be brought into it is refused where it is typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from voting.crypto import text

if TYPE_CHECKING:
    Line = models.CharField[str, str]
    Lines = models.TextField[str, str]
else:
    Line, Lines = models.CharField, models.TextField

WORDS = _(
    "This text has a character that nobody sees or that changes the direction of writing. Type it "
    "again by hand."
)


def validate_plain(value: str) -> None:
    """Raises ValidationError unless a text, already normalised, is empty or a plain text."""
    if value and not text.is_plain(value, max(len(value), 1)):
        raise ValidationError(WORDS, code="not_plain")


def validate_long(value: str) -> None:
    """Raises ValidationError unless a text, already normalised, is empty or a long text."""
    if not value:
        return
    if len(value) > text.MAX_LONG:
        raise ValidationError(
            _("At most %(most)d characters.") % {"most": text.MAX_LONG}, code="max_length"
        )
    try:
        text.require_long(value)
    except text.TextInvalid as error:
        raise ValidationError(WORDS, code="not_plain") from error


# The columns are ordinary ones, so that migrations need not know of these classes.


class PlainField(Line):
    """One line."""

    default_validators = [validate_plain]

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return text.normalise(value) if isinstance(value, str) else value

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class LongField(Lines):
    """Several lines."""

    default_validators = [validate_long]

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return text.normalise_lines(value) if isinstance(value, str) else value

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs
