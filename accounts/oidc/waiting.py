"""Authorisation requests that wait in the database, while the person signs in or decides.

The browser carries only a number: a long request fits, two tabs do not disturb each other, and
nobody can alter on the way what the person was shown.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.oidc.models import AuthorizationRequest

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from accounts.models import User
    from accounts.oidc.models import Client

# Time for a password, a consent, a face step and some help from a neighbour.
LIFE = timedelta(minutes=30)


class NotWaiting(Exception):
    """The request was answered, is too old, or never was."""


def keep(client: Client, query: str, *, now: datetime) -> AuthorizationRequest:
    return AuthorizationRequest.objects.create(
        client=client, query=query, made_at=now, expires_at=now + LIFE
    )


def find(request_id: UUID, *, now: datetime) -> AuthorizationRequest:
    """Raises NotWaiting."""
    found = AuthorizationRequest.objects.filter(
        pk=request_id, answered_at=None, expires_at__gt=now, client__is_active=True
    ).first()
    if found is None:
        raise NotWaiting
    return found


def agree(waiting: AuthorizationRequest, user: User) -> None:
    AuthorizationRequest.objects.filter(pk=waiting.pk, answered_at=None).update(agreed_by=user)


def answer(waiting: AuthorizationRequest, *, now: datetime) -> None:
    """Once. Raises NotWaiting for the second of two tabs."""
    unanswered = AuthorizationRequest.objects.filter(
        pk=waiting.pk, answered_at=None, expires_at__gt=now
    )
    if not unanswered.update(answered_at=now):
        raise NotWaiting


def path_of(waiting: AuthorizationRequest) -> str:
    return reverse("oidc:waiting", args=[waiting.pk])


def program_behind(path: str) -> str:
    """The name of the program whose request waits at this path; "" for every other path."""
    beginning = reverse("oidc:authorize")
    number = urlsplit(path).path.removeprefix(beginning).strip("/")
    if not path.startswith(beginning) or not number:
        return ""
    try:
        found = AuthorizationRequest.objects.select_related("client").filter(pk=number).first()
    except ValidationError:
        return ""
    return str(found.client) if found else ""
