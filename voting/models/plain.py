"""Fields for texts that end up in a manifest: what is typed is brought into the one form of a text.

docs/cryptography.md, section 2. What can not be brought into it is refused where it is typed.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from voting.crypto import text

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


class _AsItsParent:
    """The column is an ordinary one, so migrations need not know of these classes."""

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()  # type: ignore[misc]
        kind = "CharField" if isinstance(self, models.CharField) else "TextField"
        return name, f"django.db.models.{kind}", args, kwargs


class PlainField(_AsItsParent, models.CharField):  # type: ignore[type-arg]
    """One line."""

    default_validators = [validate_plain]  # noqa: RUF012 - the name and type are Django's

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return text.normalise(value) if isinstance(value, str) else value


class LongField(_AsItsParent, models.TextField):  # type: ignore[type-arg]
    """Several lines."""

    default_validators = [validate_long]  # noqa: RUF012 - the name and type are Django's

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return text.normalise_lines(value) if isinstance(value, str) else value
