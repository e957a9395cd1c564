"""An election: its times, its rules and its state."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from biometrics.models import EnrolmentPolicy
from voting.models.plain import LongField, PlainField

colour = RegexValidator(r"\A#[0-9a-fA-F]{6}\Z", _("A colour is # and six hexadecimal digits."))
identifier = RegexValidator(
    r"\A[a-z0-9][a-z0-9-]{0,63}\Z", _("Small letters, digits and hyphens only.")
)
identifiers = RegexValidator(
    r"\A([a-z0-9][a-z0-9-]{0,63}( +|\Z))*\Z", _("Languages like “de fr”, with spaces between.")
)


def election_subject(election_id: int) -> str:
    """How the audit log names an election."""
    return f"election:{election_id}"


class State(models.TextChoices):
    DRAFT = "draft", _("draft")
    FROZEN = "frozen", _("frozen")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")
    COUNTED = "counted", _("counted")
    RELEASED = "released", _("released")
    CALLED_OFF = "called-off", _("called off")


class BoardIdentity(models.TextChoices):
    ALIAS = "alias", _("voters appear by alias")
    HIDDEN = "hidden", _("voters do not appear")


class KeyMode(models.TextChoices):
    SERVER = "server", _("one key, held by this server")
    TRUSTEES = "trustees", _("k of n trustees")


class FacePolicy(models.TextChoices):
    CAST = "cast", _("face step for every ballot")
    LOGIN = "login", _("face step at sign-in only")


class Purpose(models.TextChoices):
    REAL = "real", _("a real election")
    REHEARSAL = "rehearsal", _("a rehearsal")


class AskedToMove(models.TextChoices):
    SITE = "", _("as the site does")
    UNSURE = "unsure", _("at the least after anything odd")
    ALWAYS = "always", _("always, at sign-in too")


class Election(models.Model):
    slug = models.CharField(
        _("identifier"),
        max_length=64,
        unique=True,
        validators=[identifier],
        help_text=_("Part of the address; it can not be changed after freezing."),
    )
    title = PlainField(_("title"), max_length=200)
    description = LongField(_("description"), blank=True)
    language = models.CharField(
        _("language"),
        max_length=64,
        default="en",
        validators=[identifier],
        help_text=_("Of the texts below, as “en” or “pt-br”."),
    )
    other_languages = models.CharField(
        _("other languages"),
        max_length=200,
        blank=True,
        validators=[identifiers],
        help_text=_(
            "If the ballot is in several languages: the others, as “de fr”. After saving, each "
            "text has a field for each of them."
        ),
    )
    translations = models.JSONField(default=dict, blank=True, editable=False)
    purpose = models.CharField(
        _("purpose"),
        max_length=10,
        choices=Purpose.choices,
        default=Purpose.REAL,
        help_text=_("A rehearsal is called one everywhere, so that nobody takes it for real."),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False
    )
    opens_at = models.DateTimeField(
        _("opens at"), null=True, blank=True, help_text=_("Leave empty to open by hand.")
    )
    closes_at = models.DateTimeField(
        _("closes at"), null=True, blank=True, help_text=_("Leave empty to close by hand.")
    )
    ask_voter_number = models.BooleanField(_("ask for the voter number"), default=True)
    ask_date_of_birth = models.BooleanField(_("ask for the date of birth"), default=True)
    shuffle_choices = models.BooleanField(
        _("shuffle the choices"), default=False, help_text=_("Each voter sees another order.")
    )
    allow_revote = models.BooleanField(
        _("allow voting again"), default=False, help_text=_("Each voter's last ballot counts.")
    )
    board_identity = models.CharField(
        _("voters on the board"),
        max_length=10,
        choices=BoardIdentity.choices,
        default=BoardIdentity.HIDDEN,
    )
    key_mode = models.CharField(
        _("key"), max_length=10, choices=KeyMode.choices, default=KeyMode.SERVER
    )
    threshold = models.PositiveSmallIntegerField(
        _("trustees needed for the count"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
    )
    face_policy = models.CharField(
        _("face step"), max_length=10, choices=FacePolicy.choices, default=FacePolicy.CAST
    )
    challenge = models.CharField(
        _("movements in the face step"),
        max_length=10,
        choices=AskedToMove.choices,
        default=AskedToMove.SITE,
        blank=True,
    )
    least = models.PositiveIntegerField(
        _("fewest ballots that are counted"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
        help_text=_(
            "The numbers of a contest with fewer ballots stay secret for ever, because they would "
            "tell how single people voted. With 1, everything is counted."
        ),
    )
    witness_quorum = models.PositiveSmallIntegerField(
        _("witnesses needed for the count"),
        default=0,
        help_text=_("So many witnesses must have signed the closed board before it is counted."),
    )
    # These two may change at any time: they are no part of what was fixed (voting/preparing/).
    self_enrolment = models.CharField(
        _("who may bring a face in"),
        max_length=10,
        choices=[("", _("as the site does")), *EnrolmentPolicy.choices],
        default="",
        blank=True,
        editable=False,
    )
    roll_check = models.BooleanField(
        _("“Am I on the roll?” for everybody"), default=True, editable=False
    )
    called_off_at = models.DateTimeField(_("called off at"), null=True, editable=False)
    called_off_reason = models.TextField(_("reason"), blank=True, editable=False)
    released_at = models.DateTimeField(_("released at"), null=True, editable=False)
    fingerprint = models.CharField(_("fingerprint"), max_length=64, blank=True, editable=False)
    manifest = models.TextField(blank=True, editable=False)  # canonical JSON, as hashed

    class Meta:
        verbose_name = _("election")
        verbose_name_plural = _("elections")
        ordering = ["-pk"]
        permissions = [
            ("run_election", _("Can freeze, open, close, count and release an election")),
            ("change_frozen_roll", _("Can propose and approve changes to a frozen roll")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | ~Q(fingerprint=""), name="frozen_has_fingerprint"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="called-off", called_off_at__isnull=False) & ~Q(called_off_reason="")
                )
                | (~Q(state="called-off") & Q(called_off_at__isnull=True, called_off_reason="")),
                name="called_off_says_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(closes_at__isnull=True)
                | Q(opens_at__isnull=True)
                | Q(closes_at__gt=F("opens_at")),
                name="closes_after_opening",
                violation_error_message=_("The election must close after it opens."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_server_key(self) -> bool:
        return self.key_mode == KeyMode.SERVER

    @property
    def is_format_2(self) -> bool:
        """False for an election that was frozen by an earlier version: it can only be shown."""
        return '"format":"facevote-election-1"' not in self.manifest

    @property
    def languages(self) -> list[str]:
        """All languages of the ballot, sorted."""
        return sorted({self.language, *self.other_languages.split()})

    @property
    def is_public(self) -> bool:
        return self.state != State.DRAFT
