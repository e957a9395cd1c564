"""Who watches an election and signs under a key of its own: registrars and witnesses."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from voting.models.elections import Election
from voting.models.plain import PlainField

point = RegexValidator(r"\A[0-9a-f]{64}\Z", _("A key is 64 small hexadecimal digits."))


class Registrar(models.Model):
    """Hands each voter a code with which the voter's browser signs the ballot.

    `key` and `signature` come with the registrar's file; the voters' points are on the roll.
    """

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="registrars")
    index = models.PositiveSmallIntegerField(_("number"), choices=[(1, "1"), (2, "2")], default=1)
    name = PlainField(_("name"), max_length=200)
    key = models.CharField(_("key"), max_length=64, blank=True, validators=[point], editable=False)
    signature = models.JSONField(null=True, editable=False)

    class Meta:
        verbose_name = _("registrar")
        verbose_name_plural = _("registrars")
        ordering = ["index"]
        constraints = [
            models.UniqueConstraint(fields=["election", "index"], name="registrar_number_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Witness(models.Model):
    """Reads the board from outside and signs what it has seen. Witnesses are numbered by `pk`."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="witnesses")
    name = PlainField(_("name"), max_length=200)
    key = models.CharField(
        _("key"),
        max_length=64,
        validators=[point],
        help_text=_("The 64 digits that the witness's own program has printed."),
    )

    class Meta:
        verbose_name = _("witness")
        verbose_name_plural = _("witnesses")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["election", "key"], name="witness_key_once"),
            models.UniqueConstraint(fields=["election", "name"], name="witness_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
