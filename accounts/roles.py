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
            ("election", "contest", "choice", "picture", "trustee", "voterrollentry", "rollchange"),
        ),
    },
    AUDITOR: {
        "accounts": (("view",), ("auditevent",)),
        "voting": (("view",), ("election", "contest", "choice", "boardevent", "result")),
        "biometrics": (("view",), ("verificationsession",)),
    },
}


def set_up(**_: object) -> None:
    """After every migration: the groups are there and hold what the table above says."""
    for name, apps in GRANTS.items():
        group, _created = Group.objects.get_or_create(name=name)
        for app, (verbs, models) in apps.items():
            group.permissions.add(*_permissions(app, verbs, models))


def _permissions(app: str, verbs: tuple[str, ...], models: tuple[str, ...]) -> QuerySet[Permission]:
    names = Q(codename__in=[f"{verb}_{model}" for verb in verbs for model in models])
    return Permission.objects.filter(names, content_type__app_label=app)
