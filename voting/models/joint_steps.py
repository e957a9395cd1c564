"""Steps that one official proposes and another approves, as people read them on the board."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from voting.models.elections import Election


class JointStepKind(models.TextChoices):
    RESTART = "restart", _("begin the trustees' keys anew")
    WAIVE = "waive", _("open without the trustees who have not endorsed")
    EXTEND = "extend", _("close later")
    FORGET = "forget", _("remove the link between persons and credentials")


class JointStep(models.Model):
    """`moment` is the new closing time, where the kind is EXTEND."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="joint_steps")
    kind = models.CharField(_("step"), max_length=10, choices=JointStepKind.choices)
    moment = models.DateTimeField(_("new closing time"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
    )

    class Meta:
        verbose_name = _("step of two officials")
        verbose_name_plural = _("steps of two officials")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                name="joint_step_by_two_officials",
            ),
            models.CheckConstraint(
                condition=Q(kind="extend") ^ Q(moment__isnull=True),
                name="joint_step_has_a_moment_to_extend_to",
                violation_error_message=_(
                    "A new closing time is given where the election is to close later, and nowhere "
                    "else."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.election}: {self.get_kind_display()}"
