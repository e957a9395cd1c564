"""Who holds the key of an election: trustees, or the server."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from voting.models.elections import Election
from voting.models.plain import PlainField


class Trustee(models.Model):
    """What one trustee has sent so far. All of it is public; the trustee keeps the secret key."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="trustees")
    index = models.PositiveSmallIntegerField(_("number"), editable=False)
    name = PlainField(_("name"), max_length=200)
    email = models.EmailField(
        _("e-mail address"),
        blank=True,
        help_text=_("The link is sent there, and no official sees it."),
    )
    # SHA-256 of the secret in the trustee's link: the secret itself is not stored.
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    registration = models.JSONField(null=True, editable=False)
    shares = models.JSONField(null=True, editable=False)
    complaint = models.JSONField(null=True, editable=False)
    confirmation = models.JSONField(null=True, editable=False)
    endorsement = models.JSONField(null=True, editable=False)
    partial = models.JSONField(null=True, editable=False)

    class Meta:
        verbose_name = _("trustee")
        verbose_name_plural = _("trustees")
        ordering = ["index"]
        constraints = [
            models.UniqueConstraint(fields=["election", "index"], name="trustee_number_once"),
        ]

    def __str__(self) -> str:
        return self.name


class ElectionSecret(models.Model):
    """Keys that the server holds, sealed with TEMPLATE_KEYS and bound to the election."""

    election = models.OneToOneField(Election, on_delete=models.CASCADE, related_name="secret")
    board_key = models.BinaryField()
    decryption_seed = models.BinaryField(default=b"", blank=True)
