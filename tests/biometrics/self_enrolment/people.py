"""Voters who take their own photos, as far as a test needs it without a camera."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.test import Client
from django.utils import timezone

from accounts.models import User
from biometrics.consent.agreement import CONSENT_VERSION, give_consent
from biometrics.engine.session import Verdict
from biometrics.models import SelfEnrolment
from biometrics.self_enrolment import deciding, handing_in
from biometrics.self_enrolment.taking import judge_photos, on_disk
from biometrics.verification import sessions
from biometrics.verification.browser_binding import hash_of
from tests.support.people import PASSWORD, ask_ticket, pass_password
from tests.support.pictures import ALICE, jpeg
from tests.support.scripted_engine import ScriptedEngine
from voting.elections import freezing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.polls import Poll


def newcomer(name: str) -> User:
    """Somebody with a password and the consent, and no face yet."""
    user = User.objects.create_user(name, f"{name}@example.org", password=PASSWORD)
    give_consent(user, CONSENT_VERSION, timezone.now())
    return user


def browser_of(user: User) -> Client:
    client = Client()
    pass_password(client, user.username)
    return client


def frames_of(colour: tuple[int, int, int], number: int = 4) -> list[bytes]:
    return [jpeg(colour, mark=mark) for mark in range(1, number + 1)]


def take(client: Client, frames: Sequence[bytes]) -> SelfEnrolment:
    """What the socket does after a face step that found somebody alive."""
    now, ticket = timezone.now(), ask_ticket(client, "enrol").json()["ticket"]
    session = sessions.open_session(
        ticket, browser_hash=hash_of(client.session), camera={}, now=now
    )
    with on_disk(session.user, judge_photos(ScriptedEngine(), frames)) as photos:
        sessions.finish(session, Verdict(True), frames=10, models_used={}, photos=photos, now=now)
    return SelfEnrolment.objects.filter(user=session.user).latest("pk")


def handed_in(
    name: str, colour: tuple[int, int, int] = ALICE, *, user: User | None = None
) -> SelfEnrolment:
    """A voter's photos with the office, searched and all."""
    user = user or newcomer(name)
    take(browser_of(user), frames_of(colour))
    enrolment = handing_in.hand_in(user, now=timezone.now())
    handing_in.search(enrolment.pk, ScriptedEngine(), now=timezone.now())
    enrolment.refresh_from_db()
    return enrolment


def approve(enrolment: SelfEnrolment, actor: User, *, two_people: bool = False) -> bool:
    return deciding.approve_or_propose(
        enrolment.pk, actor=actor, two_people=two_people, now=timezone.now()
    )


def freeze(poll: Poll) -> None:
    freezing.freeze(poll.election, actor=poll.official, now=timezone.now())
