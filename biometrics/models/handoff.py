"""The table of hand-offs: a face step that a computer passes on to its owner's phone."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class HandoffState(models.TextChoices):
    SHOWN = "shown", _("waits to be scanned")
    SCANNED = "scanned", _("scanned by a phone")
    CONFIRMED = "confirmed", _("confirmed on the phone")
    VERIFIED = "verified", _("verified")
    ENDED = "ended", _("given up")


class PhoneHandoff(models.Model):
    """One face step of one desk, to be taken on one phone.

    `browser_hash` is the mark of the desk's browser: the grant is bound to it, and never to the
    phone. `phone_hash` is that of the one phone that used up the ticket.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="phone_handoffs"
    )
    purpose = models.CharField(max_length=10)
    bound_to = models.CharField(max_length=100, blank=True)
    ticket_hash = models.CharField(max_length=64, unique=True)
    browser_hash = models.CharField(max_length=64)
    phone_hash = models.CharField(max_length=64, blank=True)
    # Both screens show it, to be compared.
    code = models.CharField(max_length=8)
    # What the desk says it is, in words for the phone.
    desk = models.CharField(max_length=80, blank=True)
    state = models.CharField(
        max_length=10, choices=HandoffState.choices, default=HandoffState.SHOWN
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Renewed by the desk's questions. A desk that asks no more is closed.
    desk_seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        verbose_name = _("phone hand-off")
        verbose_name_plural = _("phone hand-offs")
        indexes = [models.Index(fields=["browser_hash", "created_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["shown", "ended"]) | ~Q(phone_hash=""),
                name="handoff_scanned_by_a_phone",
            ),
        ]
