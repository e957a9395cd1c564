"""Enrolment photos, templates, verification sessions and the grants they yield."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class Purpose(models.TextChoices):
    """What a verification is for; a grant for one purpose is worth nothing for another."""

    LOGIN = "login", _("log in")
    CAST = "cast", _("cast a ballot")


class Consent(models.Model):
    """A person's agreement to face verification; a withdrawn one keeps its row."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents"
    )
    text_version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "text_version"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_standing_consent_per_text",
            ),
        ]


class SessionState(models.TextChoices):
    ISSUED = "issued", _("ticket issued")
    OPEN = "open", _("camera open")
    VERIFIED = "verified", _("verified")
    REFUSED = "refused", _("refused")
    ENDED = "ended", _("ended without a verdict")


class VerificationSession(models.Model):
    """One attempt of one person to be verified: verdict and reasons, never an image or a score."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="verification_sessions"
    )
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    bound_to = models.CharField(max_length=100, blank=True)
    # SHA-256 of the ticket and of the browser session's key: neither can be read back.
    ticket_hash = models.CharField(max_length=64, unique=True)
    browser_hash = models.CharField(max_length=64)
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

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        indexes = [models.Index(fields=["user", "created_at"])]


class EvidenceFrame(models.Model):
    """A frame of a refused attempt, encrypted; none are kept unless EVIDENCE_DAYS says so."""

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


class FaceLockout(models.Model):
    """Failures in a row of one account's face step, and until when it must wait."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="face_lockout"
    )
    failures = models.PositiveIntegerField(default=0)
    wait_until = models.DateTimeField(null=True, blank=True)
    blocked = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("face lock-out")
        verbose_name_plural = _("face lock-outs")


class PhotoState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    USABLE = "usable", _("usable")
    REFUSED = "refused", _("refused")


class PhotoReason(models.TextChoices):
    """Why a photo was refused; the words an official reads."""

    NO_FACE = "no_face", _("No face was found")
    SEVERAL_FACES = "several_faces", _("More than one face is in the picture")
    TOO_SMALL = "too_small", _("The face is too small")
    TOO_CLOSE = "too_close", _("The face is too close or cut off")
    TOO_DARK = "too_dark", _("The face is too dark")
    TOO_BRIGHT = "too_bright", _("The face is too bright")
    BLURRED = "blurred", _("The picture is blurred")
    COVERED = "covered", _("Part of the face is covered")
    TURNED_AWAY = "turned_away", _("The face is turned away")
    EYES_CLOSED = "eyes_closed", _("The eyes are closed")
    DOES_NOT_FIT = "does_not_fit", _("It does not look like this voter's other photos")
    ALREADY_ENROLLED = "already_enrolled", _("It looks like another voter who is already enrolled")
    UNREADABLE = "unreadable", _("The stored picture could not be read")
    UNPROCESSABLE = "unprocessable", _("The picture could not be processed")


class ReferencePhoto(models.Model):
    """One enrolment photo, re-encoded and encrypted on disk; `file` is its random name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reference_photos"
    )
    file = models.CharField(max_length=80, blank=True)
    content_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=PhotoState.choices, default=PhotoState.WAITING)
    reason = models.CharField(max_length=40, choices=PhotoReason.choices, blank=True)
    # The other voter that the face resembles, for REFUSED with reason "already_enrolled".
    resembles = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    quality = models.FloatField(null=True, blank=True)
    # The photo's own template, encrypted: a later photo needs no second look at this one.
    template = models.BinaryField(blank=True, default=b"")
    encoder_sha256 = models.CharField(max_length=64, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    added_at = models.DateTimeField()
    # When its owner was told that this photo came to stand for their face.
    told_at = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    # A picture that brings a worker down three times is refused instead of tried for ever.
    attempts = models.PositiveSmallIntegerField(default=0)
    encoded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("reference photo")
        verbose_name_plural = _("reference photos")
        constraints = [
            models.UniqueConstraint(fields=["user", "content_sha256"], name="photo_once_per_voter"),
            models.CheckConstraint(
                condition=~Q(state=PhotoState.USABLE) | ~Q(encoder_sha256=""),
                name="usable_photo_has_an_encoder",
            ),
            models.CheckConstraint(
                condition=Q(state=PhotoState.REFUSED) | Q(reason=""),
                name="only_refused_photos_have_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "queued_at"]),
            models.Index(fields=["encoder_sha256", "state"]),
        ]


class AcceptedResemblance(models.Model):
    """An official's decision that two people look alike and are two people, as twins are."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="accepted_resemblances"
    )
    other = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    accepted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("accepted resemblance")
        verbose_name_plural = _("accepted resemblances")
        constraints = [
            models.UniqueConstraint(fields=["user", "other"], name="resemblance_accepted_once"),
            models.CheckConstraint(
                condition=~Q(user=models.F("other")), name="resemblance_of_two_people"
            ),
        ]


class Reference(models.Model):
    """A voter's fused template for one encoder, encrypted and bound to the voter's id."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="references"
    )
    encoder = models.CharField(max_length=40)
    encoder_sha256 = models.CharField(max_length=64)
    template = models.BinaryField()
    photos_used = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    # Set when the photos have changed since; it serves until it has been made anew.
    stale_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "encoder_sha256"], name="one_reference_per_encoder"
            ),
        ]
        indexes = [models.Index(fields=["encoder_sha256"])]


class EvaluationState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class MatchingEvaluation(models.Model):
    """One comparison of all enrolled voters; `figures` hold counts and rates, nobody's."""

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
    """Two voters who look alike, or (without `other`) one whose photos differ.

    It goes with the person.
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


class EnrolmentNotice(models.Model):
    """What a voter is told when photos came to stand for their face: a number and a time."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="enrolment_notices"
    )
    photos = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    mail_claimed_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("enrolment notice")
        verbose_name_plural = _("enrolment notices")
        indexes = [models.Index(fields=["user", "read_at"])]


class Enrolment(User):
    """The people of `accounts`, looked at for their photos and references."""

    class Meta:
        proxy = True
        default_permissions = ()
        # Given to nobody by a role: whoever has it keeps pictures of people.
        permissions = [("collect_livenessframe", "Can collect liveness data")]
        ordering = ["username"]
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
