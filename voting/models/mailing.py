"""Mail to voters and trustees: what is to be sent, and what became of each letter."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import OneTimeLink
from voting.models.elections import Election
from voting.models.keys import Trustee
from voting.models.roll import VoterRollEntry
from voting.models.work import Work

one_line = RegexValidator(r"\A[^\r\n]*\Z", _("A subject is one line."))
language = RegexValidator(r"\A[a-z0-9][a-z0-9-]{0,63}\Z", _("A language like “en” or “pt-br”."))


class MailKind(models.TextChoices):
    INVITATION = "invitation", _("invitation")
    REMINDER = "reminder", _("reminder")
    RESULT = "result", _("result")
    RECEIPT = "receipt", _("receipt")
    TRUSTEE = "trustee", _("link for a trustee")
    LETTER = "letter", _("letter on paper")


class Audience(models.TextChoices):
    ALL = "all", _("all voters")
    NO_PASSWORD = "no_password", _("no password yet")
    NO_FACE = "no_face", _("no face yet")
    NOT_VOTED = "not_voted", _("not voted")
    VOTED = "voted", _("voted")
    # One letter, ordered for one person.
    ONE = "one", _("one person")


class MailTemplate(models.Model):
    """The site's own words for one kind of letter in one language."""

    kind = models.CharField(_("kind"), max_length=10, choices=MailKind.choices)
    language = models.CharField(_("language"), max_length=64, default="en", validators=[language])
    subject = models.CharField(_("subject"), max_length=200, validators=[one_line])
    body = models.TextField(_("text"), max_length=10_000)

    class Meta:
        verbose_name = _("text of letters")
        verbose_name_plural = _("texts of letters")
        ordering = ["kind", "language"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "language"], name="one_text_a_language"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.language})"


class Mailing(Work):
    """One order to send. The words are fixed when it is ordered.

    Its states: ordered, writing (a worker sends), done, failed (an official stopped it, or the
    words cannot be used). `site` is the address that stands in the letters.
    """

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="mailings")
    kind = models.CharField(_("kind"), max_length=10, choices=MailKind.choices)
    audience = models.CharField(_("to"), max_length=12, choices=Audience.choices)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    site = models.CharField(max_length=200)
    # Whether every receiver has a row.
    is_listed = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("sending")
        verbose_name_plural = _("sendings")
        ordering = ["-pk"]
        default_permissions = ("view",)
        permissions = [("send_mail", _("Can send mail to voters, and print letters"))]
        indexes = [models.Index(fields=["state"], name="sendings_at_work")]


class MailState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    # A worker is handing it to the server. It stays so only until the server has answered.
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    REFUSED = "refused", _("refused by the server")
    BOUNCED = "bounced", _("bounced")
    # The worker or the connection ended while the server had the letter. It is not sent again
    # by itself, because the voter may have it.
    UNCERTAIN = "uncertain", _("perhaps sent")


class Mail(models.Model):
    """One letter to one person. Its text is not stored, and of its link only the hash.

    `address` is where it was sent, or is to be sent if that is not the account's address.
    """

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="mails")
    entry = models.ForeignKey(
        VoterRollEntry, on_delete=models.CASCADE, null=True, related_name="mails"
    )
    trustee = models.ForeignKey(Trustee, on_delete=models.CASCADE, null=True, related_name="mails")
    state = models.CharField(
        _("state"), max_length=10, choices=MailState.choices, default=MailState.WAITING
    )
    address = models.EmailField(_("address"), blank=True)
    link = models.ForeignKey(OneTimeLink, on_delete=models.SET_NULL, null=True, related_name="+")
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    # When a worker began to hand it over.
    begun_at = models.DateTimeField(_("sent at"), null=True)
    answer = models.CharField(_("answer of the server"), max_length=200, blank=True)
    message_id = models.CharField(max_length=255, blank=True, db_index=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["pk"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=Q(entry__isnull=False) ^ Q(trustee__isnull=False),
                name="a_letter_goes_to_a_voter_or_a_trustee",
            ),
            models.UniqueConstraint(
                fields=["mailing", "entry"],
                condition=Q(entry__isnull=False),
                name="one_letter_a_voter_and_sending",
            ),
        ]
        indexes = [models.Index(fields=["mailing", "state"], name="letters_to_send")]


class NoReminders(models.Model):
    """This voter wants no more reminders of this election."""

    entry = models.OneToOneField(
        VoterRollEntry, on_delete=models.CASCADE, related_name="no_reminders"
    )


class LetterBatch(Work):
    """Letters on paper for one election or one district of it, as PDF files to be printed."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="letter_batches")
    district = models.CharField(max_length=100, blank=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    site = models.CharField(max_length=200)
    # Postal addresses by the voter number's key, sealed; emptied when the files are made.
    addresses = models.BinaryField(default=b"")

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]


class LetterFile(models.Model):
    """A part of a batch, sealed: letters (from 1) or all labels (0)."""

    batch = models.ForeignKey(LetterBatch, on_delete=models.CASCADE, related_name="files")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        default_permissions = ()
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="a_file_of_letters_once"),
        ]
