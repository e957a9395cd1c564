from __future__ import annotations

from django.db import migrations, models

from voting import guards


def install(apps, schema_editor):
    guards.install(schema_editor.connection)


def remove(apps, schema_editor):
    guards.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("voting", "0002_guards")]
    operations = [
        migrations.RunPython(remove, install),
        migrations.AddField(
            model_name="election",
            name="challenge",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "as the site does"),
                    ("unsure", "at the least after anything odd"),
                    ("always", "always, at sign-in too"),
                ],
                default="",
                max_length=10,
                verbose_name="movements in the face step",
            ),
        ),
        migrations.RunPython(install, remove),
    ]
