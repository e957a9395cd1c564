from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from voting.models import number_key


def renew_keys(apps, schema_editor):
    """Dashes that look alike are one now. Frozen rolls keep their keys, which nobody compares."""
    entries = apps.get_model("voting", "VoterRollEntry").objects
    for entry in entries.filter(election__state="draft"):
        key = number_key(entry.voter_number)
        others = entries.filter(election_id=entry.election_id, number_key=key)
        if key and key != entry.number_key and not others.exists():
            entries.filter(pk=entry.pk).update(number_key=key)


class Migration(migrations.Migration):
    dependencies = [
        ("voting", "0004_plural_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(renew_keys, migrations.RunPython.noop),
        migrations.CreateModel(
            name="FreezeOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting for the worker to read the file"),
                            ("reading", "reading the file"),
                            ("refused", "refused"),
                            ("ready", "waiting to be confirmed"),
                            ("ordered", "waiting for the worker"),
                            ("writing", "writing"),
                            ("done", "done"),
                            ("failed", "stopped"),
                        ],
                        max_length=10,
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("reason", models.TextField(blank=True)),
                ("asked_at", models.DateTimeField()),
                ("beat_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "election",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="freezing",
                        to="voting.election",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RollImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting for the worker to read the file"),
                            ("reading", "reading the file"),
                            ("refused", "refused"),
                            ("ready", "waiting to be confirmed"),
                            ("ordered", "waiting for the worker"),
                            ("writing", "writing"),
                            ("done", "done"),
                            ("failed", "stopped"),
                        ],
                        max_length=10,
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("reason", models.TextField(blank=True)),
                ("asked_at", models.DateTimeField()),
                ("beat_at", models.DateTimeField(null=True)),
                ("create_voters", models.BooleanField(default=False)),
                ("file", models.BinaryField(default=b"")),
                ("report", models.BinaryField(default=b"")),
                ("added", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "election",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="imports",
                        to="voting.election",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["ordered", "writing"])),
                        fields=("election",),
                        name="one_import_of_a_roll_at_a_time",
                    )
                ],
            },
        ),
    ]
