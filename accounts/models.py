"""People and what they did."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """Somebody who signs in: a voter, an official or both."""


class AuditEvent(models.Model):
    """One line of the audit log: append-only, and chained to the line before by its hash."""

    sequence = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    action = models.CharField(max_length=40)
    # A plain number: erasing a person must not break the chain.
    actor_id = models.BigIntegerField(null=True, blank=True)
    subject = models.CharField(max_length=100, blank=True)
    details = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit log")
        ordering = ["sequence"]
