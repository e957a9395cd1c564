"""The tables of sign-in for other programs. Codes and tokens are django-oauth-toolkit's, with more.

Nothing of an election is in any of them, and no picture, template or score.
"""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from oauth2_provider import models as toolkit

from accounts.models import User

DIGEST_CHARACTERS = 64
# Of this machine itself (RFC 8252): for native programs, and for trying things out.
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class SubjectKind(models.TextChoices):
    PAIRWISE = "pairwise", _("a number of its own, which no other program knows")
    PUBLIC = "public", _("the same number as other programs of this kind")


class Movements(models.TextChoices):
    UNSURE = "unsure", _("as at every sign-in")
    ALWAYS = "always", _("always")


class Client(toolkit.AbstractApplication):  # type: ignore[misc]
    """Another program whose users sign in here."""

    # A program belongs to the site, and not to the official who added it.
    user = None
    client_secret = models.CharField(max_length=DIGEST_CHARACTERS, blank=True, editable=False)
    is_active = models.BooleanField(
        _("may be used"), default=True, help_text=_("Switched off, it and its tokens are refused.")
    )
    subject_kind = models.CharField(
        _("how it knows people"),
        max_length=8,
        choices=SubjectKind,
        default=SubjectKind.PAIRWISE,
        help_text=_("With numbers of their own, two programs cannot compare who uses both."),
    )
    face_minutes = models.PositiveIntegerField(
        _("minutes until the face is asked for again"),
        default=60,
        help_text=_("0: the face at every sign-in to this program."),
    )
    movements = models.CharField(
        _("movements of the head"),
        max_length=6,
        choices=Movements,
        default=Movements.UNSURE,
        help_text=_("“Always” asks for a face step with movements, beside that of the sign-in."),
    )
    accepts_without_face = models.BooleanField(
        _("accept people who signed in without a face"),
        default=False,
        help_text=_("Officials sign in with a code, and two officials can let somebody in."),
    )
    tells_name = models.BooleanField(_("may learn the name"), default=True)
    tells_email = models.BooleanField(_("may learn the e-mail address"), default=False)
    may_ask_for_acts = models.BooleanField(
        _("may ask for a face for one act"),
        default=False,
        help_text=_("As a bank does for a transfer: the words are shown to the person."),
    )
    stays_connected = models.BooleanField(
        _("may ask for refresh tokens"),
        default=False,
        help_text=_("It then learns changes of the data above while the person is away."),
    )
    groups = models.ManyToManyField(
        Group,
        blank=True,
        related_name="+",
        verbose_name=_("groups"),
        help_text=_("None chosen: everybody who can sign in here may use it."),
    )

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")
        ordering = ["name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not args:
            kwargs.setdefault("authorization_grant_type", self.GRANT_AUTHORIZATION_CODE)
            kwargs.setdefault("algorithm", self.RS256_ALGORITHM)
            kwargs.setdefault("client_type", self.CLIENT_CONFIDENTIAL)
        super().__init__(*args, **kwargs)

    def clean(self) -> None:
        """Raises ValidationError for an address to which no answer may be sent."""
        if not self.redirect_uris.split():
            raise ValidationError({"redirect_uris": _("At least one address is needed.")})
        for field in ("redirect_uris", "post_logout_redirect_uris"):
            wrong = [uri for uri in getattr(self, field).split() if not is_good_redirect(uri)]
            if wrong:
                raise ValidationError({field: WRONG_REDIRECT % {"uri": wrong[0]}})
        if any(not _is_origin(origin) for origin in self.allowed_origins.split()):
            raise ValidationError({"allowed_origins": WRONG_ORIGIN})

    def is_usable(self, request: object) -> bool:
        return self.is_active

    def get_allowed_schemes(self) -> list[str]:
        """What is stored has passed clean(): plain http leads to loopback only."""
        return ["https", "http"]

    @property
    def is_public(self) -> bool:
        return bool(self.client_type == self.CLIENT_PUBLIC)

    @property
    def sector(self) -> str:
        """Programs with the same sector know a person by the same number."""
        return "" if self.subject_kind == SubjectKind.PUBLIC else f"client:{self.client_id}"


WRONG_REDIRECT = _(
    "“%(uri)s” is no address to return to: it begins with https:// (on this machine also "
    "http://localhost), and has neither a user name, nor “#”, nor “*”."
)
WRONG_ORIGIN = _("An origin looks like https://shop.example.org, without a path.")


def is_good_redirect(uri: str) -> bool:
    """Whether codes may be sent to this address at all."""
    if any(sign in uri for sign in "#*@\\") or not uri.isascii() or not uri.isprintable():
        return False
    try:
        parts = urlsplit(uri)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    if not parts.hostname or not has_port:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _is_origin(origin: str) -> bool:
    return is_good_redirect(origin) and not urlsplit(origin).path and "?" not in origin


class EndsWithThePassword(models.Model):
    """What was handed out in somebody's name, and ends when that person sets another password."""

    password_mark = models.CharField(max_length=64)

    class Meta:
        abstract = True


class Code(EndsWithThePassword, toolkit.AbstractGrant):  # type: ignore[misc]
    """An authorisation code: a program exchanges it once for tokens, within a minute."""

    # auth_time, acr and amr of the sign-in behind it.
    sign_in = models.JSONField(default=dict)
    # The one act for which the face was shown, or nothing.
    act = models.JSONField(null=True, blank=True)
    # A spent code stays until it expires: if it comes again, its tokens end.
    spent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()


class AccessToken(EndsWithThePassword, toolkit.AbstractAccessToken):  # type: ignore[misc]
    # The toolkit's rows for ID tokens are not needed: an ID token proves itself by its signature.
    id_token = None
    origin = models.ForeignKey(
        Code, models.SET_NULL, null=True, blank=True, related_name="access_tokens"
    )

    class Meta:
        default_permissions = ()


class RefreshToken(EndsWithThePassword, toolkit.AbstractRefreshToken):  # type: ignore[misc]
    sign_in = models.JSONField(default=dict)

    class Meta(toolkit.AbstractRefreshToken.Meta):  # type: ignore[misc]
        abstract = False
        default_permissions = ()


class Subject(models.Model):
    """The random number by which programs know a person. It is never given to anybody else."""

    user = models.ForeignKey(User, models.CASCADE, related_name="subjects")
    sector = models.CharField(max_length=300, blank=True)
    value = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "sector"], name="subject_once_a_sector")
        ]


class Connection(models.Model):
    """A person has agreed that a program learns this much."""

    user = models.ForeignKey(User, models.CASCADE, related_name="connections")
    client = models.ForeignKey(Client, models.CASCADE, related_name="connections")
    scopes = models.JSONField(default=list)
    agreed_at = models.DateTimeField()
    last_used_at = models.DateTimeField()

    class Meta:
        verbose_name = _("connected program")
        verbose_name_plural = _("connected programs")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "client"], name="connection_once_a_client")
        ]


class AuthorizationRequest(models.Model):
    """A program's request that waits for a sign-in, a face step or an answer. Answered once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    query = models.TextField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Who said yes to this very request.
    agreed_by = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["expires_at"])]


class KeyState(models.TextChoices):
    # Published already, so that every program knows it before it signs anything.
    NEXT = "next", _("next")
    CURRENT = "current", _("current")
    # Still published, because what it has signed is still valid.
    RETIRED = "retired", _("retired")


class SigningKey(models.Model):
    """A key for ID tokens. The private half is sealed with TEMPLATE_KEYS."""

    kid = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=7, choices=KeyState)
    sealed = models.BinaryField()
    public = models.JSONField()
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state__in=["next", "current"]),
                name="signing_key_one_of_each",
            ),
            models.CheckConstraint(
                condition=Q(state="retired", retired_at__isnull=False)
                | (~Q(state="retired") & Q(retired_at=None)),
                name="signing_key_retired_at",
            ),
        ]
