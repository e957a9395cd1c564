from __future__ import annotations

from django.db import migrations, models

from voting import guards


def install(apps, schema_editor):
    guards.install(schema_editor.connection)


def remove(apps, schema_editor):
    guards.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("voting", "0006_format_2")]

    operations = [
        migrations.RunPython(remove, install),
        migrations.RemoveField(
            model_name="rollchange",
            name="signatures",
        ),
        migrations.AddField(
            model_name="rollchange",
            name="registrar_files",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.AlterField(
            model_name="jointstep",
            name="kind",
            field=models.CharField(
                choices=[
                    ("restart", "begin the trustees' keys anew"),
                    ("waive", "open without the trustees who have not endorsed"),
                    ("extend", "close later"),
                    ("forget", "remove the link between persons and credentials"),
                ],
                max_length=10,
                verbose_name="step",
            ),
        ),
        migrations.RunPython(install, remove),
    ]
