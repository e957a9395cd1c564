"""The roles of officials: a group for each, with the permissions that its work needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

if TYPE_CHECKING:
    from django.db.models import QuerySet

REGISTRAR = "registrar"
ELECTION_OFFICER = "election officer"
AUDITOR = "auditor"

# By role and app: (verbs, models). Each verb is granted for each of the models.
GRANTS: dict[str, dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    REGISTRAR: {
        "accounts": (
            ("view", "add", "change", "use", "approve"),
            ("user", "override", "proposal"),
        ),
        "biometrics": (
            ("view", "add", "change", "delete"),
            ("referencephoto", "reference", "facelockout"),
        ),
        "voting": (("view", "add", "change", "delete"), ("voterrollentry",)),
    },
    ELECTION_OFFICER: {
        # To confirm an override or to approve a change that a registrar asked for.
        "accounts": (("use", "approve"), ("override", "proposal")),
        "voting": (
            ("view", "add", "change", "delete"),
            (
                *("election", "contest", "choice", "trustee", "registrar", "witness"),
                *("voterrollentry", "rollchange"),
            ),
        ),
    },
    AUDITOR: {
        "accounts": (("view",), ("auditevent",)),
        "voting": (
            ("view",),
            ("election", "contest", "choice", "registrar", "witness", "boardevent", "result"),
        ),
        "biometrics": (("view",), ("verificationsession", "evidenceframe")),
    },
}

# Permissions on voting that do not fit the table above.
_VIEW = "view_castballot view_boardevent view_rollchange view_trustee view_voterrollentry"
_MAIL = "send_mail view_mailing view_mail view_mailtemplate change_mailtemplate add_mailtemplate"
VOTING_GRANTS = {
    REGISTRAR: f"view_election view_rollchange change_frozen_roll {_MAIL}",
    ELECTION_OFFICER: f"{_VIEW} run_election change_frozen_roll {_MAIL}",
    AUDITOR: f"{_VIEW} view_mailing",
}


def set_up(**_: object) -> None:
    """After every migration: make each role's group hold exactly the permissions listed above."""
    for name in GRANTS:
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.set(granted(name))


def granted(name: str) -> QuerySet[Permission]:
    listed = Q(content_type__app_label="voting", codename__in=VOTING_GRANTS[name].split())
    for app, (verbs, models) in GRANTS[name].items():
        codenames = [f"{verb}_{model}" for verb in verbs for model in models]
        listed |= Q(content_type__app_label=app, codename__in=codenames)
    return Permission.objects.filter(listed)
