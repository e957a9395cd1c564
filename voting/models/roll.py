"""Who may vote: the voter roll, changes to a frozen roll, and failures in the details step."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ByTwoOfficials
from voting.models.elections import Election

if TYPE_CHECKING:
    import datetime as dt


class RollChange(ByTwoOfficials):
    """A change to a frozen roll: one official proposes it, another approves it."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="roll_changes")
    reason = models.CharField(_("reason"), max_length=500)
    add = models.JSONField(_("voters to add"), default=list, blank=True)
    remove = models.JSONField(_("voter numbers to remove"), default=list, blank=True)
    # By the registrar's number: {"points": {"<number key>": "<point>"}, "signature": […]}
    registrar_files = models.JSONField(default=dict, blank=True, editable=False)

    class Meta(ByTwoOfficials.Meta):
        verbose_name = _("roll change")
        verbose_name_plural = _("roll changes")

    def __str__(self) -> str:
        return f"{self.election}: {self.reason}"


# Signs that look like a hyphen. The last one is the minus of mathematics, which is no dash.
_DASHES = {"Pd", "\u2212"}
OLDEST_VOTER_YEARS = 130


def number_key(voter_number: str) -> str:
    """The same key for voter numbers that people take for the same: "ab 12" and "AB12".

    All dashes are one, and signs that nobody sees (of the category Cf) do not count.
    """
    letters = unicodedata.normalize("NFKC", voter_number).casefold()
    if not letters.isascii():
        letters = "".join(map(_key_letter, letters))
    return "".join(letters.split())


def _key_letter(letter: str) -> str:
    category = unicodedata.category(letter)
    if category == "Cf":
        return ""
    return "-" if {category, letter} & _DASHES else letter


def is_birth_date(date: dt.date, today: dt.date) -> bool:
    """Whether somebody who is alive can have been born on this day."""
    return today.year - OLDEST_VOTER_YEARS <= date.year and date <= today


class VoterRollEntry(models.Model):
    """One voter on the roll of one election. A frozen roll marks removed entries and keeps them."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="roll")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="roll_entries",
        verbose_name=_("account"),
    )
    name = models.CharField(_("name"), max_length=200)
    voter_number = models.CharField(_("voter number"), max_length=64)
    number_key = models.CharField(max_length=64, editable=False)
    date_of_birth = models.DateField(_("date of birth"), null=True, blank=True)
    district = models.CharField(_("district"), max_length=100, blank=True)
    # The voter's point of each registrar, if the election has registrars.
    points = models.JSONField(default=list, blank=True, editable=False)
    credential = models.CharField(max_length=64, blank=True, editable=False)
    alias = models.CharField(max_length=64, blank=True, editable=False)
    has_voted = models.BooleanField(_("has voted"), default=False, editable=False)
    added_by = models.ForeignKey(
        RollChange, on_delete=models.PROTECT, null=True, editable=False, related_name="added"
    )
    removed_by = models.ForeignKey(
        RollChange, on_delete=models.PROTECT, null=True, editable=False, related_name="removed"
    )

    class Meta:
        verbose_name = _("roll entry")
        verbose_name_plural = _("roll entries")
        ordering = ["number_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["election", "number_key"],
                condition=Q(removed_by__isnull=True),
                name="voter_number_once",
                violation_error_message=_("This voter number is already on the roll."),
            ),
            models.UniqueConstraint(
                fields=["election", "user"],
                condition=Q(removed_by__isnull=True, user__isnull=False),
                name="account_once_on_a_roll",
                violation_error_message=_("This account is already on the roll."),
            ),
            models.UniqueConstraint(
                fields=["election", "credential"],
                condition=~Q(credential=""),
                name="credential_once",
            ),
            models.CheckConstraint(
                condition=Q(has_voted=False) | Q(removed_by__isnull=True),
                name="a_voter_who_voted_stays",
            ),
        ]

    def __str__(self) -> str:
        return self.voter_number

    def save(self, *args: object, **kwargs: object) -> None:
        self.number_key = number_key(self.voter_number)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def clean(self) -> None:
        self.number_key = number_key(self.voter_number)
        if not self.number_key:
            raise ValidationError({"voter_number": _("This must not be empty.")})
        if self.date_of_birth and not is_birth_date(self.date_of_birth, timezone.localdate()):
            raise ValidationError({"date_of_birth": _("No voter was born on this day.")})


class DetailsAttempts(models.Model):
    """How often in a row one account has entered wrong details for one election."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    failures = models.PositiveIntegerField(default=0)
    wait_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["election", "user"], name="details_attempts_once"),
        ]
