"""The tables of the evaluations, in which all enrolled voters are compared with each other."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class EvaluationState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class MatchingEvaluation(models.Model):
    """One comparison of all enrolled voters. Its `figures` are counts and rates without names."""

    encoder = models.CharField(max_length=40, blank=True)
    encoder_sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(
        max_length=10, choices=EvaluationState.choices, default=EvaluationState.WAITING
    )
    figures = models.JSONField(default=dict)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("matching evaluation")
        verbose_name_plural = _("matching evaluations")
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=Q(state__in=["waiting", "running"]),
                name="one_evaluation_at_a_time",
            ),
        ]


class EvaluationFinding(models.Model):
    """Two voters who look alike or, if `other` is null, one voter whose photos differ.

    It is deleted together with the voter.
    """

    evaluation = models.ForeignKey(
        MatchingEvaluation, on_delete=models.CASCADE, related_name="findings"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    score = models.FloatField()

    class Meta:
        verbose_name = _("finding of an evaluation")
        verbose_name_plural = _("findings of an evaluation")
        indexes = [models.Index(fields=["evaluation", "score"])]
