from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("voting", "0005_roll_work")]
    operations = [
        migrations.AddField(
            model_name="election",
            name="called_off_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="called off at"),
        ),
        migrations.AddField(
            model_name="election",
            name="called_off_reason",
            field=models.TextField(blank=True, editable=False, verbose_name="reason"),
        ),
        migrations.AddField(
            model_name="election",
            name="released_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="released at"),
        ),
        migrations.AlterField(
            model_name="election",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "draft"),
                    ("frozen", "frozen"),
                    ("open", "open"),
                    ("closed", "closed"),
                    ("counted", "counted"),
                    ("released", "released"),
                    ("called-off", "called off"),
                ],
                default="draft",
                editable=False,
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.AddConstraint(
            model_name="election",
            constraint=models.CheckConstraint(
                condition=(
                    Q(state="called-off", called_off_at__isnull=False) & ~Q(called_off_reason="")
                )
                | (~Q(state="called-off") & Q(called_off_at__isnull=True, called_off_reason="")),
                name="called_off_says_when_and_why",
            ),
        ),
    ]
