from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import auth
from django.contrib.auth.forms import PasswordChangeForm

from accounts.signed_in import voter

if TYPE_CHECKING:
    from django.http import HttpRequest


class ChangePasswordForm(PasswordChangeForm):
    """The present password is asked for as at the sign-in: wrong ones count there and lock."""

    def __init__(self, request: HttpRequest, data: Any) -> None:
        super().__init__(voter(request), data)
        self.request = request

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        name = self.user.get_username()
        if auth.authenticate(self.request, username=name, password=old) != self.user:
            raise forms.ValidationError(
                self.error_messages["password_incorrect"], code="password_incorrect"
            )
        return old
