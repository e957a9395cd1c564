from __future__ import annotations

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

RUNNING = ("frozen", "open", "closed")


def refuse_running(apps, schema_editor):
    """An election of format 1 is not continued: this version only shows and verifies such ones."""
    elections = apps.get_model("voting", "Election").objects
    running = elections.filter(
        state__in=RUNNING, manifest__contains='"format":"facevote-election-1"'
    )
    slugs = sorted(running.values_list("slug", flat=True))
    if slugs:
        raise RuntimeError(
            "These elections were frozen by an earlier version of FaceVote and are not counted yet: "
            f"{', '.join(slugs)}. Finish them, or delete them, with the version that froze them. "
            "Then upgrade. Nothing was changed."
        )


def forget_ceremonies(apps, schema_editor):
    """Messages of format 1 make no key of format 2: the trustees of drafts begin anew."""
    drafts = apps.get_model("voting", "Trustee").objects.filter(election__state="draft")
    drafts.update(registration=None, shares=None, complaint=None, confirmation=None)


class Migration(migrations.Migration):
    dependencies = [
        ("voting", "0006_called_off_and_released"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(refuse_running, migrations.RunPython.noop),
        migrations.RunPython(forget_ceremonies, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name="trustee",
            name="key_checked",
        ),
        migrations.AddField(
            model_name="choice",
            name="translations",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="contest",
            name="groups",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.AddField(
            model_name="contest",
            name="translations",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="election",
            name="language",
            field=models.CharField(
                default="en",
                help_text="Of the texts below, as “en” or “pt-br”.",
                max_length=64,
                validators=[
                    django.core.validators.RegexValidator(
                        "\\A[a-z0-9][a-z0-9-]{0,63}\\Z", "Small letters, digits and hyphens only."
                    )
                ],
                verbose_name="language",
            ),
        ),
        migrations.AddField(
            model_name="election",
            name="least",
            field=models.PositiveIntegerField(
                default=1,
                help_text="The numbers of a contest with fewer ballots stay secret for ever, because they would tell how single people voted. With 1, everything is counted.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(1000000),
                ],
                verbose_name="fewest ballots that are counted",
            ),
        ),
        migrations.AddField(
            model_name="election",
            name="other_languages",
            field=models.CharField(
                blank=True,
                help_text="If the ballot is in several languages: the others, as “de fr”. After saving, each text has a field for each of them.",
                max_length=200,
                validators=[
                    django.core.validators.RegexValidator(
                        "\\A([a-z0-9][a-z0-9-]{0,63}( +|\\Z))*\\Z",
                        "Languages like “de fr”, with spaces between.",
                    )
                ],
                verbose_name="other languages",
            ),
        ),
        migrations.AddField(
            model_name="election",
            name="purpose",
            field=models.CharField(
                choices=[("real", "a real election"), ("rehearsal", "a rehearsal")],
                default="real",
                help_text="A rehearsal is called one everywhere, so that nobody takes it for real.",
                max_length=10,
                verbose_name="purpose",
            ),
        ),
        migrations.AddField(
            model_name="election",
            name="translations",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="election",
            name="witness_quorum",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="So many witnesses must have signed the closed board before it is counted.",
                verbose_name="witnesses needed for the count",
            ),
        ),
        migrations.AddField(
            model_name="result",
            name="counted_by_contest",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="rollchange",
            name="signatures",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.AddField(
            model_name="trustee",
            name="endorsement",
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="voterrollentry",
            name="points",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.AlterField(
            model_name="countprogress",
            name="stage",
            field=models.CharField(
                choices=[
                    ("waiting", "waiting for the worker"),
                    ("verifying", "verifying ballots"),
                    ("witnesses", "waiting for the witnesses"),
                    ("trustees", "waiting for the trustees"),
                    ("done", "done"),
                    ("failed", "stopped"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="JointStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("restart", "begin the trustees' keys anew"),
                            ("waive", "open without the trustees who have not endorsed"),
                            ("extend", "close later"),
                        ],
                        max_length=10,
                        verbose_name="step",
                    ),
                ),
                (
                    "moment",
                    models.DateTimeField(blank=True, null=True, verbose_name="new closing time"),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                (
                    "approved_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "election",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="joint_steps",
                        to="voting.election",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "step of two officials",
                "verbose_name_plural": "steps of two officials",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            models.Q(("approved_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="joint_step_by_two_officials",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "extend"), ("moment__isnull", True), _connector="XOR"
                        ),
                        name="joint_step_has_a_moment_to_extend_to",
                        violation_error_message="A new closing time is given where the election is to close later, and nowhere else.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Registrar",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "index",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "1"), (2, "2")], default=1, verbose_name="number"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "key",
                    models.CharField(
                        blank=True,
                        editable=False,
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[0-9a-f]{64}\\Z", "A key is 64 small hexadecimal digits."
                            )
                        ],
                        verbose_name="key",
                    ),
                ),
                ("signature", models.JSONField(editable=False, null=True)),
                (
                    "election",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="registrars",
                        to="voting.election",
                    ),
                ),
            ],
            options={
                "verbose_name": "registrar",
                "verbose_name_plural": "registrars",
                "ordering": ["index"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("election", "index"), name="registrar_number_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Witness",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "key",
                    models.CharField(
                        help_text="The 64 digits that the witness's own program has printed.",
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[0-9a-f]{64}\\Z", "A key is 64 small hexadecimal digits."
                            )
                        ],
                        verbose_name="key",
                    ),
                ),
                (
                    "election",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="witnesses",
                        to="voting.election",
                    ),
                ),
            ],
            options={
                "verbose_name": "witness",
                "verbose_name_plural": "witnesses",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("election", "key"), name="witness_key_once"),
                    models.UniqueConstraint(fields=("election", "name"), name="witness_name_once"),
                ],
            },
        ),
    ]
