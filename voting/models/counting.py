"""How far a count is, and its result."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from voting.models.elections import Election


class CountStage(models.TextChoices):
    WAITING = "waiting", _("waiting for the worker")
    VERIFYING = "verifying", _("verifying ballots")
    WITNESSES = "witnesses", _("waiting for the witnesses")
    TRUSTEES = "trustees", _("waiting for the trustees")
    DONE = "done", _("done")
    FAILED = "failed", _("stopped")


class CountProgress(models.Model):
    election = models.OneToOneField(Election, on_delete=models.CASCADE, related_name="progress")
    stage = models.CharField(max_length=10, choices=CountStage.choices, default=CountStage.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)


class Result(models.Model):
    """`numbers` are those of the board's result event. The result page adds the other fields."""

    election = models.OneToOneField(Election, on_delete=models.PROTECT, related_name="result")
    numbers = models.JSONField()
    # How many counted ballots have each contest, by its key. Empty where all have all contests.
    counted_by_contest = models.JSONField(default=dict)
    eligible = models.PositiveIntegerField()
    voted = models.PositiveIntegerField()
    overrides = models.PositiveIntegerField(default=0)

    def ballots_with(self, contest_key: str) -> int:
        """How many counted ballots have this contest."""
        return int(self.counted_by_contest.get(contest_key, self.numbers["counted"]))
