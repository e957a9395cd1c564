"""The tables of enrolment photos, of references, and of the notices that voters get."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from biometrics.models.self_enrolment import SelfEnrolment


class PhotoState(models.TextChoices):
    # Nothing is made of it before another official has approved it.
    HELD = "held", _("waits for another official")
    # Of a membership card: what a voter's own photos are compared with. Nobody signs in by it.
    CARD = "card", _("of the membership card, only to compare with")
    WAITING = "waiting", _("waiting")
    USABLE = "usable", _("usable")
    REFUSED = "refused", _("refused")


class PhotoReason(models.TextChoices):
    """Why a photo was refused, with the words that an official reads."""

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
    """One enrolment photo. The picture is encrypted on disk, in a file with a random name.

    `file` is that name, empty if the picture is not kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reference_photos"
    )
    file = models.CharField(max_length=80, blank=True)
    content_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=PhotoState.choices, default=PhotoState.WAITING)
    reason = models.CharField(max_length=40, choices=PhotoReason.choices, blank=True)
    # The other voter whom the face resembles, if the reason is ALREADY_ENROLLED.
    resembles = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    quality = models.FloatField(null=True, blank=True)
    # The template of this photo alone, encrypted. With it, the reference can be made again after
    # another photo was added, without encoding this one again.
    template = models.BinaryField(blank=True, default=b"")
    encoder_sha256 = models.CharField(max_length=64, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    added_at = models.DateTimeField()
    # The voter's own photos, which an official has to approve first.
    self_enrolment = models.ForeignKey(
        SelfEnrolment, on_delete=models.SET_NULL, null=True, blank=True, related_name="photos"
    )
    # When the voter was told that this photo was enrolled.
    told_at = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    # A picture that makes a worker crash three times is refused, so that it is not tried for ever.
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
    """An official's decision that two voters who look alike, like twins, are two people."""

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
    """A voter's fused template of one encoder, encrypted and bound to the voter's id."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="references"
    )
    encoder = models.CharField(max_length=40)
    encoder_sha256 = models.CharField(max_length=64)
    template = models.BinaryField()
    photos_used = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    # Set when the photos have changed since. The reference is used until it is made again.
    stale_since = models.DateTimeField(null=True, blank=True)
    # When its owner last passed a face step or a camera check with it.
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "encoder_sha256"], name="one_reference_per_encoder"
            ),
        ]
        indexes = [
            models.Index(fields=["encoder_sha256"]),
            # The readiness of 50,000 voters is read from this index alone.
            models.Index(fields=["user", "verified_at"]),
        ]


class EnrolmentNotice(models.Model):
    """What a voter is told when photos were enrolled: how many, and when."""

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
    """The users of `accounts`, as the administration shows them with photos and references."""

    class Meta:
        proxy = True
        default_permissions = ()
        # No role includes this permission, because whoever has it keeps pictures of people.
        permissions = [("collect_livenessframe", "Can collect liveness data")]
        ordering = ["username"]
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
