from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """The guards are installed after the last migration: see voting/guards.py."""

    dependencies = [("voting", "0001_initial")]
    operations: list[migrations.operations.base.Operation] = []
