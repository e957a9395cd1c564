"""What accounts.roles cannot name: the permissions that are more than view, add, change, delete."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.models import Group, Permission

from accounts import roles

VIEWS: Final = "view_castballot view_boardevent view_rollchange view_trustee view_voterrollentry"
GIVEN: Final = {
    roles.ELECTION_OFFICER: f"{VIEWS} run_election change_frozen_roll",
    roles.REGISTRAR: "view_election view_rollchange change_frozen_roll",
    roles.AUDITOR: VIEWS,
}


def give(**_: object) -> None:
    """After every migration, once the permissions exist."""
    for name, codenames in GIVEN.items():
        group, _new = Group.objects.get_or_create(name=name)
        group.permissions.add(
            *Permission.objects.filter(
                content_type__app_label="voting", codename__in=codenames.split()
            )
        )
