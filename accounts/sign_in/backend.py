"""Compares passwords, after accounts.sign_in.lock has counted the try."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.backends import ModelBackend
from django.views.decorators.debug import sensitive_variables

from accounts.sign_in import lock

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User


class PasswordBackend(ModelBackend):
    """Django's backend. A try with the right password does not stay counted."""

    @sensitive_variables("password")
    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **more: Any,
    ) -> User | None:
        user: User | None = super().authenticate(request, username, password, **more)
        if user is not None and request is not None:
            lock.give_back(request)
        return user
