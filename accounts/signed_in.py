"""Who sends a request. The only place that turns `request.user` into a `User`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from accounts.models import User

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request


def signed_in(request: HttpRequest | Request) -> User | None:
    """The person who has finished signing in, or None for a stranger or half a sign-in."""
    return request.user if isinstance(request.user, User) else None


def voter(request: HttpRequest | Request) -> User:
    """The person behind a page for people who are signed in; PermissionDenied without one."""
    user = signed_in(request)
    if user is None:
        raise PermissionDenied
    return user


def official(request: HttpRequest | Request) -> User:
    """The official behind a page for officials; PermissionDenied for everybody else."""
    user = voter(request)
    if not user.is_staff:
        raise PermissionDenied
    return user
