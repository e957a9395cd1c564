from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("voting", "0007_format_2")]

    operations = [
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
    ]
