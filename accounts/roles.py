"""The officials' roles: groups, each with the permissions that its work needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

if TYPE_CHECKING:
    from django.db.models import QuerySet

REGISTRAR = "registrar"
ELECTION_OFFICER = "election officer"
AUDITOR = "auditor"

# Models by app; each verb of Django's permissions is granted for each model.
GRANTS: dict[str, dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    REGISTRAR: {
        "accounts": (("view", "add", "change", "use"), ("user", "override")),
        "biometrics": (
            ("view", "add", "change", "delete"),
            ("referencephoto", "reference", "facelockout"),
        ),
        "voting": (("view", "add", "change", "delete"), ("voterrollentry",)),
    },
    ELECTION_OFFICER: {
        # Confirms what a registrar asked for, or the other way round.
        "accounts": (("use",), ("override",)),
        "voting": (
            ("view", "add", "change", "delete"),
            ("election", "contest", "choice", "trustee", "voterrollentry", "rollchange"),
        ),
    },
    AUDITOR: {
        "accounts": (("view",), ("auditevent",)),
        "voting": (("view",), ("election", "contest", "choice", "boardevent", "result")),
        "biometrics": (("view",), ("verificationsession", "evidenceframe")),
    },
}


# Permissions that are more than a verb and a model of the table above.
_LOOKS = "view_castballot view_boardevent view_rollchange view_trustee view_voterrollentry"
OF_VOTING = {
    REGISTRAR: "view_election view_rollchange change_frozen_roll",
    ELECTION_OFFICER: f"{_LOOKS} run_election change_frozen_roll",
    AUDITOR: _LOOKS,
}


def set_up(**_: object) -> None:
    """After every migration: the groups are there and hold what stands above, and nothing else."""
    for name in GRANTS:
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.set(granted(name))


def granted(name: str) -> QuerySet[Permission]:
    wanted = Q(content_type__app_label="voting", codename__in=OF_VOTING[name].split())
    for app, (verbs, models) in GRANTS[name].items():
        codenames = [f"{verb}_{model}" for verb in verbs for model in models]
        wanted |= Q(content_type__app_label=app, codename__in=codenames)
    return Permission.objects.filter(wanted)
