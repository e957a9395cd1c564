"""Elections, their rolls, the ballot box and the board. What freezing fixes, guards.py guards."""

from __future__ import annotations

import unicodedata

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

colour = RegexValidator(r"\A#[0-9a-fA-F]{6}\Z", _("A colour is # and six hexadecimal digits."))
identifier = RegexValidator(
    r"\A[a-z0-9][a-z0-9-]{0,63}\Z", _("Small letters, digits and hyphens only.")
)


class State(models.TextChoices):
    DRAFT = "draft", _("draft")
    FROZEN = "frozen", _("frozen")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")
    COUNTED = "counted", _("counted")
    RELEASED = "released", _("released")


class BoardIdentity(models.TextChoices):
    ALIAS = "alias", _("voters appear by alias")
    HIDDEN = "hidden", _("voters do not appear")


class KeyMode(models.TextChoices):
    SERVER = "server", _("one key, held by this server")
    TRUSTEES = "trustees", _("k of n trustees")


class FacePolicy(models.TextChoices):
    CAST = "cast", _("face step for every ballot")
    LOGIN = "login", _("face step at sign-in only")


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
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
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
    fingerprint = models.CharField(_("fingerprint"), max_length=64, blank=True, editable=False)
    manifest = models.TextField(blank=True, editable=False)  # canonical JSON, as hashed
    # Which settings the trustees' messages belong to; see services/ceremony.py.
    ceremony_round = models.PositiveIntegerField(default=0, editable=False)

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
    def is_public(self) -> bool:
        return self.state != State.DRAFT


class ContestKind(models.TextChoices):
    ONE = "one", _("one choice")
    SEVERAL = "several", _("several choices")
    APPROVAL = "approval", _("approval: as many as one likes")
    YES_NO = "yes-no", _("yes, no or abstain")


class Contest(models.Model):
    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="contests")
    key = models.CharField(max_length=64, blank=True, editable=False)  # given by freezing
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    kind = models.CharField(
        _("kind"), max_length=10, choices=ContestKind.choices, default=ContestKind.ONE
    )
    min_selections = models.PositiveSmallIntegerField(_("at least"), default=1)
    max_selections = models.PositiveSmallIntegerField(_("at most"), default=1)
    blank_allowed = models.BooleanField(_("a blank ballot is allowed"), default=True)
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
    name = models.CharField(_("name"), max_length=200)
    party = models.CharField(_("party or list"), max_length=200, blank=True)
    colour = models.CharField(_("colour"), max_length=7, blank=True, validators=[colour])
    statement = models.TextField(_("statement"), max_length=2000, blank=True)
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
    """In the database and not in a folder, so that freezing guards it like every other field."""

    choice = models.ForeignKey(Choice, on_delete=models.CASCADE, related_name="pictures")
    role = models.CharField(max_length=10, choices=PictureRole.choices)
    webp = models.BinaryField()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.UniqueConstraint(fields=["choice", "role"], name="one_picture_a_role"),
        ]


class RollChange(models.Model):
    """A change to a frozen roll: proposed by one official, approved by another, on the board."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="roll_changes")
    reason = models.CharField(_("reason"), max_length=500)
    add = models.JSONField(_("voters to add"), default=list, blank=True)
    remove = models.JSONField(_("voter numbers to remove"), default=list, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
    )

    class Meta:
        verbose_name = _("roll change")
        verbose_name_plural = _("roll changes")
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                name="roll_change_by_two_officials",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.election}: {self.reason}"


def number_key(voter_number: str) -> str:
    """Two voter numbers that a reader takes for one have one key."""
    return "".join(unicodedata.normalize("NFKC", voter_number).casefold().split())


class VoterRollEntry(models.Model):
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


class DetailsAttempts(models.Model):
    """Wrong details in a row that one account has entered for one election."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    failures = models.PositiveIntegerField(default=0)
    wait_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["election", "user"], name="details_attempts_once"),
        ]


class Trustee(models.Model):
    """What one trustee has sent so far; all of it public; the secret stays with the trustee."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="trustees")
    index = models.PositiveSmallIntegerField(_("number"), editable=False)
    name = models.CharField(_("name"), max_length=200)
    # SHA-256 of the secret in the trustee's link: it can not be read back.
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    ceremony_round = models.PositiveIntegerField(default=0, editable=False)
    registration = models.JSONField(null=True, editable=False)
    shares = models.JSONField(null=True, editable=False)
    complaint = models.JSONField(null=True, editable=False)
    confirmation = models.JSONField(null=True, editable=False)
    key_checked = models.BooleanField(_("key checked"), default=False, editable=False)
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


class Board(models.Model):
    """Where the chain of an election ends; appending moves it by a conditional update."""

    election = models.OneToOneField(Election, on_delete=models.PROTECT, related_name="board")
    count = models.PositiveIntegerField(default=0)
    hash = models.CharField(max_length=64)
    hour = models.CharField(max_length=20, blank=True)


class BoardEvent(models.Model):
    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    tracker = models.CharField(max_length=64, blank=True)
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    line = models.BinaryField()

    class Meta:
        verbose_name = _("board event")
        verbose_name_plural = _("board events")
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["election", "seq"], name="board_seq_once"),
        ]
        indexes = [models.Index(fields=["election", "tracker"])]


class CastBallot(models.Model):
    """An encrypted ballot. No time: the board gives the hour and nothing finer."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="ballots")
    credential = models.CharField(max_length=64)
    tracker = models.CharField(max_length=64)
    ballot = models.BinaryField()
    live = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("encrypted ballot")
        verbose_name_plural = _("encrypted ballots")
        constraints = [
            models.UniqueConstraint(fields=["election", "tracker"], name="tracker_once"),
            models.UniqueConstraint(
                fields=["election", "credential"],
                condition=Q(live=True),
                name="one_live_ballot_a_voter",
            ),
        ]


class UsedCiphertext(models.Model):
    """The alpha of every ciphertext in the box: a copied one is refused by the constraint."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="+")
    alpha = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["election", "alpha"], name="ciphertext_once"),
        ]


class SpoiledBallot(models.Model):
    """A ballot that its voter opened instead of casting: its tracker can never be cast."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="spoiled")
    credential = models.CharField(max_length=64)
    tracker = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("opened ballot")
        verbose_name_plural = _("opened ballots")
        constraints = [
            models.UniqueConstraint(fields=["election", "tracker"], name="spoiled_once"),
        ]


class Stage(models.TextChoices):
    WAITING = "waiting", _("waiting for the worker")
    VERIFYING = "verifying", _("verifying ballots")
    TRUSTEES = "trustees", _("waiting for the trustees")
    DONE = "done", _("done")
    FAILED = "failed", _("stopped")


class CountProgress(models.Model):
    election = models.OneToOneField(Election, on_delete=models.CASCADE, related_name="progress")
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)


class Result(models.Model):
    """The numbers as they stand on the board, and what stands beside them on the result page."""

    election = models.OneToOneField(Election, on_delete=models.PROTECT, related_name="result")
    numbers = models.JSONField()
    eligible = models.PositiveIntegerField()
    voted = models.PositiveIntegerField()
    overrides = models.PositiveIntegerField(default=0)
