from __future__ import annotations

from django.db import migrations

from voting import guards


def install(apps, schema_editor):
    guards.install(schema_editor.connection)


def remove(apps, schema_editor):
    guards.remove(schema_editor.connection)


class Migration(migrations.Migration):
    """The guards let the people be erased from the roll of a released election."""

    dependencies = [("voting", "0004_plural_words")]
    operations = [
        migrations.RunPython(remove, install),
        migrations.RunPython(install, remove),
    ]
