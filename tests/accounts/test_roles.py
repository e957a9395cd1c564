"""Each role has the permissions that its work needs, and no other."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from accounts import roles

pytestmark = pytest.mark.django_db


def held(name):
    return set(Group.objects.get(name=name).permissions.values_list("codename", flat=True))


@pytest.mark.parametrize("name", [roles.REGISTRAR, roles.ELECTION_OFFICER, roles.AUDITOR])
def test_what_was_given_besides_is_taken_away_and_what_is_missing_given(name):
    before = held(name)
    group = Group.objects.get(name=name)
    group.permissions.set(Permission.objects.filter(codename__in=["delete_user", "add_group"]))

    call_command("migrate", verbosity=0)

    assert held(name) == before
    assert "delete_user" not in before


def test_every_permission_that_a_role_names_exists():
    for name, apps in roles.GRANTS.items():
        named = set(roles.VOTING_GRANTS[name].split())
        assert named <= held(name)
        for app, (_verbs, models) in apps.items():
            for model in models:
                assert Permission.objects.filter(
                    content_type__app_label=app, codename__endswith=f"_{model}"
                ).exists()


def test_an_auditor_only_looks():
    assert all(codename.startswith("view_") for codename in held(roles.AUDITOR))


def test_nobody_may_touch_ballots_or_the_log():
    everything = set().union(*(held(name) for name in roles.GRANTS))
    for verb in ("add", "change", "delete"):
        assert not {f"{verb}_{one}" for one in ("castballot", "boardevent", "auditevent")} & (
            everything
        )
    assert not {"add_group", "change_group", "add_permission", "change_totpdevice"} & everything
