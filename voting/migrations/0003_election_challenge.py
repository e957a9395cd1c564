from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("voting", "0002_guards")]
    operations = [
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
    ]
