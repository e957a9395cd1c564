"""Steps that one official proposes and another approves, as people read them on the board."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ByTwoOfficials
from voting.models.elections import Election


class JointStepKind(models.TextChoices):
    RESTART = "restart", _("begin the trustees' keys anew")
    WAIVE = "waive", _("open without the trustees who have not endorsed")
    EXTEND = "extend", _("close later")
    FORGET = "forget", _("remove the link between persons and credentials")


class JointStep(ByTwoOfficials):
    """`moment` is the new closing time, where the kind is EXTEND."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="joint_steps")
    kind = models.CharField(_("step"), max_length=10, choices=JointStepKind.choices)
    moment = models.DateTimeField(_("new closing time"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500)

    class Meta(ByTwoOfficials.Meta):
        verbose_name = _("step of two officials")
        verbose_name_plural = _("steps of two officials")
        ordering = ["-pk"]
        constraints = [
            *ByTwoOfficials.Meta.constraints,
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
