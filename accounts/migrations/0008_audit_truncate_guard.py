from django.db import migrations

from accounts import guards


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in guards.POSTGRESQL_TRUNCATE:
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_changes_by_two_officials")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
