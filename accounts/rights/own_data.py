"""Everything that the site keeps about one person, as data for that person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts.audit import user_subject
from accounts.models import AccessOverride, AuditEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import User

    Part = Callable[[User], Any]

_parts: dict[str, Part] = {}


def register(name: str, part: Part) -> None:
    """Each application registers what it keeps, so that this file need not know them all."""
    _parts[name] = part


def own_data(user: User) -> dict[str, Any]:
    return {name: part(user) for name, part in _parts.items()}


def account(user: User) -> dict[str, Any]:
    fields = ("id", "username", "first_name", "last_name", "email", "date_joined", "last_login")
    return {
        **{field: getattr(user, field) for field in fields},
        "roles": [group.name for group in user.groups.all()],
        "has_set_a_password": user.has_usable_password(),
        "overrides_of_the_face_step": _rows(
            AccessOverride.objects.filter(voter=user),
            *("purpose", "reason", "requested_at", "confirmed_at", "spent_at"),
        ),
        "changes_by_two_officials": _rows(
            user.proposals.all(), "kind", "detail", "proposed_at", "decided_at", "approved"
        ),
        "letters": _rows(user.account_notices.all(), "kind", "made_at", "mailed_at"),
        "links": _rows(
            user.one_time_links.all(), "purpose", "made_at", "expires_at", "opened_at", "used_at"
        ),
        "api_tokens": _rows(
            user.api_tokens.all(), "label", "scopes", "created_at", "expires_at", "last_used_at"
        ),
    }


def audit_log(user: User) -> list[dict[str, Any]]:
    """What the person did, and what others did to the account. Other people are left out."""
    about = AuditEvent.objects.filter(subject=user_subject(user.pk))
    by = AuditEvent.objects.filter(actor_id=user.pk)
    return [
        {
            "at": event.at,
            "what": event.action,
            "by": "you" if event.actor_id == user.pk else "somebody else",
            "details": event.details,
        }
        for event in (about | by).order_by("sequence").distinct()
    ]


def _rows(queryset: Any, *columns: str) -> list[dict[str, Any]]:
    return list(queryset.values(*columns))
