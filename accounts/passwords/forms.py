from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import auth
from django.contrib.auth.forms import PasswordChangeForm

from accounts.signed_in import voter

if TYPE_CHECKING:
    from django.http import HttpRequest


class ChangePasswordForm(PasswordChangeForm):
    """Asks for the current password and twice for the new one.

    The current password is checked by authenticate(), so that wrong guesses count towards the same
    lock as at the sign-in.
    """

    def __init__(self, request: HttpRequest, data: Any) -> None:
        super().__init__(voter(request), data)
        self.request = request

    def clean_old_password(self) -> str:
        old_password: str = self.cleaned_data["old_password"]
        name = self.user.get_username()
        if auth.authenticate(self.request, username=name, password=old_password) != self.user:
            raise forms.ValidationError(
                self.error_messages["password_incorrect"], code="password_incorrect"
            )
        return old_password
