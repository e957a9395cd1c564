from django.db import migrations

from accounts import guards


def install(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in guards.POSTGRESQL if postgresql else guards.SQLITE:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_auditevent")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
