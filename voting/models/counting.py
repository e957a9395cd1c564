"""How far a count is, and its result."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from voting.models.elections import Election


class Stage(models.TextChoices):
    WAITING = "waiting", _("waiting for the worker")
    VERIFYING = "verifying", _("verifying ballots")
    TRUSTEES = "trustees", _("waiting for the trustees")
    DONE = "done", _("done")
    FAILED = "failed", _("stopped")


class CountProgress(models.Model):
    election = models.OneToOneField(Election, on_delete=models.CASCADE, related_name="progress")
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)


class Result(models.Model):
    """The numbers as they stand on the board, and what stands beside them on the result page."""

    election = models.OneToOneField(Election, on_delete=models.PROTECT, related_name="result")
    numbers = models.JSONField()
    eligible = models.PositiveIntegerField()
    voted = models.PositiveIntegerField()
    overrides = models.PositiveIntegerField(default=0)
