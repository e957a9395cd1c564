"""Which programs a person has connected, and how that ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from accounts.audit import Action, record, user_subject
from accounts.oidc.models import AccessToken, Code, Connection, RefreshToken

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.models import User
    from accounts.oidc.models import Client


def may_use(user: User, client: Client) -> bool:
    """Whether this person may sign in to this program at all."""
    if not user.is_active or not client.is_active:
        return False
    groups = list(client.groups.values_list("pk", flat=True))
    return not groups or user.groups.filter(pk__in=groups).exists()


def has_agreed(user: User, client: Client, scopes: Iterable[str]) -> bool:
    """Whether the person has agreed before that the program learns all of this."""
    found = Connection.objects.filter(user=user, client=client).first()
    return found is not None and set(scopes) <= set(found.scopes)


def connect(user: User, client: Client, scopes: Iterable[str], *, now: datetime) -> None:
    """The person has agreed, or has agreed before; the caller is in a transaction."""
    found, is_new = Connection.objects.select_for_update().get_or_create(
        user=user,
        client=client,
        defaults={"scopes": sorted(scopes), "agreed_at": now, "last_used_at": now},
    )
    wider = sorted({*found.scopes, *scopes})
    if is_new or wider != found.scopes:
        found.scopes, found.agreed_at = wider, now
        _record(Action.PROGRAM_CONNECTED, user, client, scopes=" ".join(wider))
    found.last_used_at = now
    found.save()


def of(user: User) -> QuerySet[Connection]:
    return Connection.objects.filter(user=user).select_related("client").order_by("client__name")


@transaction.atomic
def disconnect(user: User, connection: Connection) -> None:
    """The program's tokens end at once, and at the next sign-in the person is asked again."""
    revoke_tokens(user, connection.client)
    connection.delete()
    _record(Action.PROGRAM_DISCONNECTED, user, connection.client)


def revoke_tokens(user: User, client: Client) -> None:
    """End every code and token that this program has for this person."""
    theirs = Q(user=user, application=client)
    for rows in (RefreshToken, AccessToken, Code):
        rows.objects.filter(theirs).delete()


def forget_person(user: User, **_: object) -> None:
    """When an account is emptied: no program knows the person by a number any more."""
    for rows in (RefreshToken, AccessToken, Code):
        rows.objects.filter(user=user).delete()
    user.connections.all().delete()
    user.subjects.all().delete()


def own_data(user: User) -> list[dict[str, Any]]:
    """For the file of everything about a person."""
    columns = ("client__name", "scopes", "agreed_at", "last_used_at")
    return [
        {"program": name, "learns": scopes, "agreed_at": agreed_at, "last_used_at": used_at}
        for name, scopes, agreed_at, used_at in of(user).values_list(*columns)
    ]


def _record(action: Action, user: User, client: Client, **details: str) -> None:
    record(action, actor=user, subject=user_subject(user.pk), program=client.pk, **details)
