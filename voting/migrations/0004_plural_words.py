from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("voting", "0003_election_challenge"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="voterrollentry",
            options={
                "ordering": ["number_key"],
                "verbose_name": "roll entry",
                "verbose_name_plural": "roll entries",
            },
        ),
    ]
