from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """A ceremony that begins anew draws fresh rounds, so the rows need no number of it."""

    dependencies = [("voting", "0009_two_officials")]

    operations = [
        migrations.RemoveField(model_name="election", name="ceremony_round"),
        migrations.RemoveField(model_name="trustee", name="ceremony_round"),
    ]
