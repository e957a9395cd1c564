"""People, what they did (the audit log), and how they sign in."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.at_rest.sealing import keyring

TOTP_SECRET_BYTES = 20
# Pauses of 1, 2, 4 … 256 seconds: some 340 tries a day, of which one in a million may fit.
MOST_DOUBLINGS = 9


class User(AbstractUser):
    """Somebody who can sign in: a voter, an official or both."""

    # Of an official to whom another one gave rights or credentials (proposals/waiting_period.py).
    may_approve_from = models.DateTimeField(null=True, blank=True, editable=False)

    @classmethod
    def named(cls, name: str) -> User | None:
        """The account of this user name, however it is typed: "é" may be one character or two."""
        return cls.objects.filter(username=cls.normalize_username(name)).first()


class AuditEvent(models.Model):
    """One event of the audit log. Append-only; each event holds the hash of the one before it."""

    sequence = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    action = models.CharField(max_length=40)
    # A plain number and not a foreign key: deleting a person must not break the chain.
    actor_id = models.BigIntegerField(null=True, blank=True)
    subject = models.CharField(max_length=100, blank=True)
    details = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["sequence"]


class OverridePurpose(models.TextChoices):
    """What two officials can let a voter do without a face step."""

    LOGIN = "login", _("Sign in")
    CAST = "cast", _("Cast a ballot")


class AccessOverride(models.Model):
    """One official asks, another confirms; the voter then gets in once without the face step."""

    voter = models.ForeignKey(User, models.CASCADE, related_name="overrides")
    purpose = models.CharField(_("to"), max_length=8, choices=OverridePurpose)
    reason = models.CharField(_("reason"), max_length=200)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    spent_at = models.DateTimeField(null=True, blank=True)
    spent_on = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = _("override of the face step")
        verbose_name_plural = _("overrides of the face step")
        ordering = ["-requested_at"]
        default_permissions = ("view",)
        permissions = [("use_override", "Can let in a voter whose face fails, with a colleague")]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("requested_by")),
                name="override_two_officials",
            ),
            models.CheckConstraint(
                condition=~Q(requested_by=F("voter"))
                & (Q(confirmed_by=None) | ~Q(confirmed_by=F("voter"))),
                name="override_not_for_oneself",
            ),
            models.CheckConstraint(
                condition=Q(spent_at=None) | Q(confirmed_by__isnull=False),
                name="override_confirmed_before_spent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} ({self.pk})"


class SealedDevice(TOTPDevice):  # type: ignore[misc]
    """An official's authenticator, with its secret encrypted.

    Somebody who reads the database but does not have TEMPLATE_KEYS cannot compute its codes.
    `others_may_wait` is True for a try in a browser that is known for the account: it has a limit
    of its own (second_device.py), and wrong codes from elsewhere do not make it wait.
    """

    others_may_wait = False
    throttling_failure_count: int

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("officials' authenticator")
        verbose_name_plural = _("officials' authenticators")

    def save(self, *args: object, **kwargs: object) -> None:
        if self._state.adding:
            self.key = seal_totp(secrets.token_bytes(TOTP_SECRET_BYTES), self.user_id)
        super().save(*args, **kwargs)

    def verify_is_allowed(self) -> tuple[bool, dict[str, Any] | None]:
        if self.others_may_wait:
            return True, None
        allowed: tuple[bool, dict[str, Any] | None] = super().verify_is_allowed()
        return allowed

    def throttle_increment(self, commit: bool = True) -> None:
        """The pause doubles up to four minutes. Without an end it would lock its owner out."""
        super().throttle_increment(commit=False)
        self.throttling_failure_count = min(self.throttling_failure_count, MOST_DOUBLINGS)
        if commit:
            self.save()

    @property
    def bin_key(self) -> bytes:
        """The secret itself. Raises SealBroken if the row was altered or moved to another user."""
        return keyring().unseal(self.sealed_key, bound_to=_totp_binding(self.user_id))

    @property
    def sealed_key(self) -> bytes:
        return base64.urlsafe_b64decode(self.key)


def seal_totp(secret: bytes, user_id: int) -> str:
    """The secret, encrypted for this user, in URL-safe Base64. The migrations use this too."""
    sealed = keyring().seal(secret, bound_to=_totp_binding(user_id))
    return base64.urlsafe_b64encode(sealed).decode()


def _totp_binding(user_id: int) -> str:
    return f"totp|user:{user_id}"


class Proposal(models.Model):
    """A change that one official proposes and another one must approve before it is made."""

    kind = models.CharField(_("change"), max_length=40)
    # Whose account it is about; empty for a change that concerns nobody's account.
    person = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="proposals"
    )
    # What exactly is to be done. It is emptied as soon as the proposal is decided.
    detail = models.JSONField(default=dict)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed at"))
    # Nobody, if the proposal was too old to be approved.
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    approved = models.BooleanField(_("approved"), null=True, blank=True)

    class Meta:
        verbose_name = _("change by two officials")
        verbose_name_plural = _("changes by two officials")
        ordering = ["-proposed_at", "-pk"]
        default_permissions = ("view",)
        permissions = [("approve_proposal", "Can approve what another official proposed")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(approved=True)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="proposal_by_two_officials",
            ),
            models.CheckConstraint(
                condition=~Q(approved=True) | Q(person=None) | ~Q(decided_by=F("person")),
                name="proposal_not_for_oneself",
            ),
            models.CheckConstraint(
                condition=Q(approved=None, decided_at=None)
                | Q(approved__isnull=False, decided_at__isnull=False),
                name="proposal_decided_once",
            ),
        ]

    @property
    def about(self) -> User:
        """The person. Raises ValueError for a proposal that is about nobody's account."""
        if self.person is None:
            raise ValueError("this proposal is about nobody's account")
        return self.person


class ByTwoOfficials(models.Model):
    """A step of an election that one official proposes. Another approves it, or it is declined."""

    proposed_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", editable=False, verbose_name=_("proposed by")
    )
    approved_by = models.ForeignKey(
        *(User, models.PROTECT),
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("approved by"),
    )
    # Whoever proposed it may also take it back.
    declined_by = models.ForeignKey(
        *(User, models.PROTECT),
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("declined by"),
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | (~Q(approved_by=F("proposed_by")) & Q(declined_by=None)),
                name="%(app_label)s_%(class)s_by_two_officials",
            ),
        ]


class NoticeKind(models.TextChoices):
    """What people are told about their account, at the address that they had before."""

    LINK_MADE = "link-made", _("A link to set your password was made")
    CHANGE_PROPOSED = "change-proposed", _("A change of your account was proposed")
    ADDRESS_CHANGED = "address-changed", _("Your e-mail address was changed")
    NEW_ADDRESS = "new-address", _("This is now the e-mail address of your account")
    PASSWORD_CHANGED = "password-changed", _("Your password was set")
    OFFICIAL_CHANGED = "official-changed", _("An official was given rights or a new password")
    PHOTOS_REFUSED = "photos-refused", _("Your photos were not taken: please take new ones")


class AccountNotice(models.Model):
    """One e-mail about somebody's account. The address is emptied when it was sent."""

    user = models.ForeignKey(User, models.CASCADE, related_name="account_notices")
    kind = models.CharField(max_length=20, choices=NoticeKind)
    address = models.EmailField(blank=True)
    made_at = models.DateTimeField()
    mail_claimed_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        verbose_name = _("notice about an account")
        verbose_name_plural = _("notices about accounts")


class ApiToken(models.Model):
    """What a program signs in with for an official. Only the token's hash is stored."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="api_tokens", verbose_name=_("user")
    )
    label = models.CharField(_("what it is for"), max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(_("scopes"), default=list)
    # Changes with the password: a token ends when its owner sets another one.
    password_mark = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at"]
        default_permissions = ("view", "delete")


class CodePurpose(models.TextChoices):
    SET_UP = "set-up", _("Set up an authenticator")
    RECOVERY = "recovery", _("Sign in without the authenticator")


class OneTimeCode(models.Model):
    """A code of an official that works once. Only a keyed hash of it is stored."""

    user = models.ForeignKey(User, models.CASCADE, related_name="one_time_codes")
    purpose = models.CharField(max_length=10, choices=CodePurpose)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose", "digest"], name="one_time_code_once"
            ),
        ]


class LinkPurpose(models.TextChoices):
    """What a one-time link is for. accounts/invitations/links.py says how long each one works."""

    INVITATION = "invitation", _("Invitation: set the first password")
    RESET = "reset", _("Forgotten password")
    OFFICE = "office", _("Link that an official hands over")
    ADDRESS = "address", _("Confirm a new e-mail address")


class OneTimeLink(models.Model):
    """A link that works once. The secret in it is not stored, only its hash.

    `account_state` is a hash of what the account was when the link was made: the link ends when
    the password, the address or the rights change.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="one_time_links")
    purpose = models.CharField(max_length=10, choices=LinkPurpose)
    digest = models.CharField(max_length=64, unique=True)
    account_state = models.CharField(max_length=64)
    new_address = models.EmailField(blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        verbose_name = _("one-time link")
        verbose_name_plural = _("one-time links")
        indexes = [models.Index(fields=["user", "purpose", "made_at"], name="links_of_a_user")]
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose="address") ^ Q(new_address=""),
                name="a_new_address_where_one_is_confirmed",
            ),
        ]


class LinkRequest(models.Model):
    """Somebody wants a link by e-mail. The link is made when the e-mail is sent.

    `user` is the person for whom it was ordered. Where somebody has forgotten a password there is
    only what was typed, sealed: the request looks the same whether or not there is such an account.
    """

    purpose = models.CharField(max_length=10, choices=LinkPurpose)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="link_requests")
    typed = models.BinaryField(default=b"", blank=True)
    new_address = models.EmailField(blank=True)
    site = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    mail_claimed_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        verbose_name = _("request for a link")
        verbose_name_plural = _("requests for links")
