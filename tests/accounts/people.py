"""People who can pass the face step, and the way through it without a camera."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from biometrics.consent.agreement import CONSENT_VERSION, give_consent
from biometrics.engine.session import Verdict
from biometrics.models import Reference
from biometrics.storage.templates import reference_binding, seal_template
from biometrics.verification import sessions
from biometrics.verification.browser_binding import hash_of
from tests.biometrics.enrolment.pictures import ALICE, drawn, encoded
from tests.support.scripted_engine import ScriptedEngine

PASSWORD = "a long enough password"


def person(name, **rights):
    return User.objects.create_user(name, password=PASSWORD, **rights)


def enrolled(name, **rights):
    user = person(name, **rights)
    give_consent(user, CONSENT_VERSION, timezone.now())
    engine = ScriptedEngine()
    template = engine.enrol(encoded(drawn(ALICE))).template
    Reference.objects.create(
        user=user,
        encoder=engine.encoder_name,
        encoder_sha256=engine.encoder_sha256,
        template=seal_template(
            template, bound_to=reference_binding(user.pk, engine.encoder_sha256)
        ),
        photos_used=1,
        made_at=timezone.now(),
    )
    return user


def pass_password(client, name, password=PASSWORD, **extra):
    return client.post(
        reverse("accounts:sign-in"), {"username": name, "password": password}, **extra
    )


def ask_ticket(client, purpose="login", bound_to=""):
    return client.post(
        reverse("biometrics:ticket"),
        {"purpose": purpose, "bound_to": bound_to},
        content_type="application/json",
    )


def be_verified(client, ticket):
    """What the socket does once the frames are good: the grant lies ready for this browser."""
    now = timezone.now()
    session = sessions.open_session(
        ticket, browser_hash=hash_of(client.session), camera={}, now=now
    )
    sessions.finish(session, Verdict(True), frames=10, models_used={}, now=now)


def pass_face(client):
    be_verified(client, ask_ticket(client).json()["ticket"])


def finish(client):
    return client.post(reverse("biometrics:complete"))


def sign_in_with_face(client, name):
    pass_password(client, name)
    pass_face(client)
    return finish(client)


def is_signed_in(client):
    """Asked of the server: the page of one's account is shown to nobody else."""
    return client.get(reverse("accounts:profile")).status_code == 200
