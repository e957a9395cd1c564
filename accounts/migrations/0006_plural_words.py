from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_sealed_device"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="auditevent",
            options={
                "ordering": ["sequence"],
                "verbose_name": "audit event",
                "verbose_name_plural": "audit events",
            },
        ),
    ]
