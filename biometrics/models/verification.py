"""The tables of the face step: sessions, grants, kept frames and lock-outs."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from biometrics.models.handoff import PhoneHandoff


class Purpose(models.TextChoices):
    """What a verification is for. A grant for one purpose cannot be used for another."""

    LOGIN = "login", _("log in")
    CAST = "cast", _("cast a ballot")
    # These two give no grant.
    ENROL = "enrol", _("take one's own photos")
    CHECK = "check", _("try the camera")
    PROVE = "prove", _("prove who is there, for another program")


class SessionState(models.TextChoices):
    ISSUED = "issued", _("ticket issued")
    OPEN = "open", _("camera open")
    VERIFIED = "verified", _("verified")
    REFUSED = "refused", _("refused")
    ENDED = "ended", _("ended without a verdict")


class VerificationSession(models.Model):
    """One attempt of a person to be verified, with the verdict and its reason.

    It never holds an image or a score.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="verification_sessions"
    )
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    bound_to = models.CharField(max_length=100, blank=True)
    # SHA-256 of the ticket and of the browser's mark, so that neither can be read from the row.
    ticket_hash = models.CharField(max_length=64, unique=True)
    browser_hash = models.CharField(max_length=64)
    # Where it is taken on a phone for another browser: that browser gets the grant.
    handoff = models.ForeignKey(
        PhoneHandoff, on_delete=models.SET_NULL, null=True, blank=True, related_name="sessions"
    )
    state = models.CharField(
        max_length=10, choices=SessionState.choices, default=SessionState.ISSUED
    )
    reason = models.CharField(max_length=40, blank=True)
    counted = models.BooleanField(default=False)
    frames = models.PositiveIntegerField(default=0)
    models_used = models.JSONField(default=dict)
    camera = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    ticket_expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Renewed while the socket is open. After it, the process that had the socket has died.
    alive_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        indexes = [models.Index(fields=["user", "created_at"])]


class EvidenceFrame(models.Model):
    """A frame of a refused attempt, encrypted. None is kept if EVIDENCE_DAYS is 0."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(
        VerificationSession, on_delete=models.CASCADE, related_name="evidence"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()
    kept_at = models.DateTimeField()

    class Meta:
        verbose_name = _("evidence frame")
        verbose_name_plural = _("evidence frames")
        ordering = ["session", "number"]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="evidence_frame_once"),
        ]
        indexes = [models.Index(fields=["kept_at"])]


class VerificationGrant(models.Model):
    """The right to do one thing once, shortly after a finished verification."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.OneToOneField(
        VerificationSession, on_delete=models.CASCADE, related_name="grant"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="verification_grants"
    )
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    bound_to = models.CharField(max_length=100, blank=True)
    browser_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("verification grant")
        verbose_name_plural = _("verification grants")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")),
                name="grant_expires_after_creation",
            ),
        ]
        indexes = [models.Index(fields=["user", "purpose", "expires_at"])]


class FaceAllowance(models.Model):
    """What a voter's face steps have used up since `began_at`, and the lock that they take.

    `frames` are compared frames, and those that running face steps may still compare. `left` are
    face steps that somebody left after a movement had been asked for. `checks` are camera checks
    that failed.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="face_allowance"
    )
    began_at = models.DateTimeField()
    frames = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    checks = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        verbose_name = _("face allowance")
        verbose_name_plural = _("face allowances")


class FaceLockout(models.Model):
    """How many face steps of a voter failed in a row, and until when the voter has to wait."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="face_lockout"
    )
    failures = models.PositiveIntegerField(default=0)
    wait_until = models.DateTimeField(null=True, blank=True)
    blocked = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("face lock-out")
        verbose_name_plural = _("face lock-outs")
