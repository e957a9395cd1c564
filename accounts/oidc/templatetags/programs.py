"""The list of connected programs, for the page "My account"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import template

from accounts.oidc import claims, connections

if TYPE_CHECKING:
    from datetime import datetime

    from django_stubs_ext import StrPromise

    from accounts.models import User
    from accounts.oidc.models import Client

register = template.Library()


@dataclass(frozen=True, slots=True)
class ConnectedProgram:
    pk: int
    client: Client
    learns: list[StrPromise]
    agreed_at: datetime
    last_used_at: datetime


@register.inclusion_tag("oidc/_connected.html", takes_context=True)
def connected_programs(context: dict[str, Any], user: User) -> dict[str, Any]:
    rows = [
        ConnectedProgram(
            pk=row.pk,
            client=row.client,
            learns=claims.words_of(row.scopes),
            agreed_at=row.agreed_at,
            last_used_at=row.last_used_at,
        )
        for row in connections.of(user)
    ]
    return {"connections": rows, "csrf_token": context.get("csrf_token")}
