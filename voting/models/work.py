"""Long work that a worker does for officials, in short steps: importing a roll, and freezing."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from voting.models.elections import Election


class WorkState(models.TextChoices):
    """An import is first read, shown and confirmed; freezing begins when it is ordered."""

    WAITING = "waiting", _("waiting for the worker to read the file")
    READING = "reading", _("reading the file")
    REFUSED = "refused", _("refused")
    READY = "ready", _("waiting to be confirmed")
    ORDERED = "ordered", _("waiting for the worker")
    WRITING = "writing", _("writing")
    DONE = "done", _("done")
    FAILED = "failed", _("stopped")


class Work(models.Model):
    """How far it is. `beat_at` is when a worker last said that it is at work."""

    state = models.CharField(max_length=10, choices=WorkState.choices)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    asked_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class RollImport(Work):
    """A roll's file between its upload and the end of its import.

    `file` and `report` hold names and dates of birth: they are sealed, and emptied at the end.
    """

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="imports")
    create_voters = models.BooleanField(default=False)
    file = models.BinaryField(default=b"")
    report = models.BinaryField(default=b"")
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["election"],
                condition=Q(state__in=["ordered", "writing"]),
                name="one_import_of_a_roll_at_a_time",
            ),
        ]


class FreezeOrder(Work):
    election = models.OneToOneField(Election, on_delete=models.CASCADE, related_name="freezing")
