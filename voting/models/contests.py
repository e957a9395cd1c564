"""What is voted on: contests, their choices and the choices' pictures."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from voting.models.elections import Election, colour
from voting.models.plain import LongField, PlainField


class ContestKind(models.TextChoices):
    ONE = "one", _("one choice")
    SEVERAL = "several", _("several choices")
    APPROVAL = "approval", _("approval: as many as one likes")
    YES_NO = "yes-no", _("yes, no or abstain")


class Contest(models.Model):
    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="contests")
    key = models.CharField(max_length=64, blank=True, editable=False)  # set by freezing
    title = PlainField(_("title"), max_length=200)
    description = LongField(_("description"), blank=True)
    translations = models.JSONField(default=dict, blank=True, editable=False)
    kind = models.CharField(
        _("kind"), max_length=10, choices=ContestKind.choices, default=ContestKind.ONE
    )
    min_selections = models.PositiveSmallIntegerField(_("at least"), default=1)
    max_selections = models.PositiveSmallIntegerField(_("at most"), default=1)
    blank_allowed = models.BooleanField(_("a blank ballot is allowed"), default=True)
    # The districts whose voters have this contest; all if empty.
    groups = models.JSONField(default=list, blank=True, editable=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("contest")
        verbose_name_plural = _("contests")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(min_selections__lte=F("max_selections")),
                name="contest_min_at_most_max",
                violation_error_message=_("“At least” must not be more than “at most”."),
            ),
            models.UniqueConstraint(
                fields=["election", "key"], condition=~Q(key=""), name="contest_key_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Choice(models.Model):
    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="choices")
    key = models.CharField(max_length=64, blank=True, editable=False)
    name = PlainField(_("name"), max_length=200)
    party = PlainField(_("party or list"), max_length=200, blank=True)
    colour = models.CharField(_("colour"), max_length=7, blank=True, validators=[colour])
    statement = LongField(_("statement"), max_length=2000, blank=True)
    translations = models.JSONField(default=dict, blank=True, editable=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "key"], condition=~Q(key=""), name="choice_key_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PictureRole(models.TextChoices):
    LOGO = "logo", _("logo")
    PHOTO = "photo", _("photo")


class ChoicePicture(models.Model):
    """Kept in the database and not in a folder, so that the guards protect it after freezing."""

    choice = models.ForeignKey(Choice, on_delete=models.CASCADE, related_name="pictures")
    role = models.CharField(max_length=10, choices=PictureRole.choices)
    webp = models.BinaryField()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.UniqueConstraint(fields=["choice", "role"], name="one_picture_a_role"),
        ]
