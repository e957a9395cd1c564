"""Tells whoever runs a command before the database is set up what to do, in one line."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

MIGRATE = "run `python manage.py migrate` first"


def explanation(error: DatabaseError) -> str:
    """Why a command failed if migrations are missing; empty if the error has another reason."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        is_new = not executor.loader.applied_migrations
    except DatabaseError:
        return ""
    if not missing:
        return ""
    state = "has no tables yet" if is_new else f"lacks {len(missing)} migrations of this version"
    return f"The database {state}: {MIGRATE}. ({error})"
