"""The database's tables, and whether the keys fit what is in them."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from biometrics.models import Reference
from voting.models import ElectionSecret


def waiting_migrations() -> list[str]:
    """The names of migrations that the database lacks, in order. Raises DatabaseError."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def bring_up_to_date() -> None:
    """Run the migrations that wait. Raises CommandError and DatabaseError.

    It also runs if none waits: the signal after it brings the officials' roles up to date.
    """
    call_command("migrate", verbosity=0, interactive=False)


def sealed_samples() -> list[bytes]:
    """The oldest and the newest of what is sealed for voters and for elections."""
    templates = Reference.objects.values_list("template", flat=True)
    secrets = ElectionSecret.objects.values_list("board_key", flat=True)
    found = [
        rows.order_by(order).first() for rows in (templates, secrets) for order in ("pk", "-pk")
    ]
    return [bytes(sealed) for sealed in found if sealed]
