"""People who can pass the face step, and the way through it without a camera."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from accounts.database_clock import database_now
from accounts.models import User
from biometrics.consent.agreement import CONSENT_VERSION, give_consent
from biometrics.engine.session import Verdict
from biometrics.models import Reference
from biometrics.storage.templates import reference_binding, seal_template
from biometrics.verification import sessions
from biometrics.verification.browser_binding import hash_of
from tests.support.pictures import ALICE, drawn, encoded
from tests.support.scripted_engine import ScriptedEngine

if TYPE_CHECKING:
    from django.test import Client
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

PASSWORD = "a long enough password"


def person(name: str, **rights: Any) -> User:
    return User.objects.create_user(name, password=PASSWORD, **rights)


def enrolled(name: str, **rights: Any) -> User:
    user = person(name, **rights)
    enrol(user)
    return user


def agreeing(name: str, **fields: Any) -> User:
    """A new voter who agrees to the face check."""
    user = User.objects.create_user(name, **fields)
    give_consent(user, CONSENT_VERSION, timezone.now())
    return user


def enrol(user: User, colour: tuple[int, int, int] = ALICE, photos: int = 1) -> None:
    """The user agrees, and is enrolled as the person that the scripted engine sees in `colour`."""
    engine = ScriptedEngine()
    template = engine.enrol(encoded(drawn(colour))).template
    assert template is not None
    give_consent(user, CONSENT_VERSION, timezone.now())
    Reference.objects.create(
        user=user,
        encoder=engine.encoder_name,
        encoder_sha256=engine.encoder_sha256,
        template=seal_template(
            template, bound_to=reference_binding(user.pk, engine.encoder_sha256)
        ),
        photos_used=photos,
        made_at=timezone.now(),
    )


def pass_password(client: Client, name: str, password: str = PASSWORD, **extra: Any) -> Response:
    return client.post(
        reverse("accounts:sign-in"), {"username": name, "password": password}, **extra
    )


def ask_ticket(client: Client, purpose: str = "login", bound_to: str = "") -> Response:
    return client.post(
        reverse("biometrics:ticket"),
        {"purpose": purpose, "bound_to": bound_to},
        content_type="application/json",
    )


def be_verified(client: Client, ticket: str) -> None:
    """What the socket does after enough good frames: the grant is ready for this browser."""
    now = database_now()
    session = sessions.open_session(
        ticket, browser_hash=hash_of(client.session), camera={}, now=now
    )
    sessions.finish(session, Verdict(True), frames=10, models_used={}, now=now)


def pass_face(client: Client) -> None:
    be_verified(client, ask_ticket(client).json()["ticket"])


def finish(client: Client) -> Response:
    """The page's last request of the face step."""
    return client.post(reverse("biometrics:complete"))


def sign_in_with_face(client: Client, name: str) -> Response:
    pass_password(client, name)
    pass_face(client)
    return finish(client)


def is_signed_in(client: Client) -> bool:
    """The server's answer: only people who are signed in are shown the account page."""
    return client.get(reverse("accounts:profile")).status_code == 200
