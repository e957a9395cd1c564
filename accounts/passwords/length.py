"""The longest password that the site takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from accounts.models import User

MAX_PASSWORD = 1024


class NotTooLong:
    """The sign-in form takes no longer password, so nobody may set one."""

    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) > MAX_PASSWORD:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("Your password must have at most %(most)d characters.") % {"most": MAX_PASSWORD}
