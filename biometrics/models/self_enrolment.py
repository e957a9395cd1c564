"""The table of self-enrolments: photos that voters took of themselves, and what became of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class EnrolmentPolicy(models.TextChoices):
    """Who may bring a face in; the strictest first."""

    OFFICIALS = "officials", _("officials only")
    APPROVAL = "approval", _("voters, and an official approves")
    AUTOMATIC = "automatic", _("voters, at once where the membership card's photo matches")


class SelfEnrolmentState(models.TextChoices):
    TAKEN = "taken", _("taken, not handed in")
    HANDED_IN = "handed-in", _("waits for an official")
    PROPOSED = "proposed", _("waits for a second official")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    DROPPED = "dropped", _("taken again or given up")


class SelfEnrolmentRefusal(models.TextChoices):
    """Why an official refuses photos, in the words that the voter reads."""

    OTHER_PERSON = "other-person", _("The photos do not show the member whom we know.")
    NOT_CLEAR = "not-clear", _("The face is not clear enough. Take the photos in better light.")
    COVERED = "covered", _("Part of the face is covered. Take the photos without it.")
    TWO_NAMES = "two-names", _("This face is enrolled under another name already.")
    ASK_OFFICE = "ask-office", _("We would like to talk to you first. Please call the office.")


class SelfEnrolment(models.Model):
    """One set of photos, taken from the frames of one face step that found somebody alive.

    `unusable` has the reasons why other frames of that step were no good photos. `resembles` is
    another voter with the same face, if the search found one; `searched_at` says when it was
    looked for. `fits_card` says whether the face matches the photo on the membership card, None
    where there is none.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="self_enrolments"
    )
    state = models.CharField(
        max_length=10, choices=SelfEnrolmentState.choices, default=SelfEnrolmentState.TAKEN
    )
    taken_at = models.DateTimeField()
    handed_in_at = models.DateTimeField(null=True, blank=True)
    unusable = models.JSONField(default=list)
    searched_at = models.DateTimeField(null=True, blank=True)
    resembles = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    fits_card = models.BooleanField(null=True)
    # Nobody, if the membership card's photo matched and the site needs no official then.
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=20, choices=SelfEnrolmentRefusal.choices, blank=True)

    class Meta:
        default_permissions = ()
        verbose_name = _("self-enrolment")
        verbose_name_plural = _("self-enrolments")
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(state__in=["taken", "handed-in", "proposed"]),
                name="one_self_enrolment_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") ^ Q(reason=""),
                name="refused_self_enrolment_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["state", "handed_in_at"])]
