"""A desk hands its face step over to a phone: who gets what, and who gets nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from biometrics.engine.session import Reason, Verdict
from biometrics.handoff import passing
from biometrics.models import (
    FaceLockout,
    HandoffState,
    PhoneHandoff,
    VerificationGrant,
    VerificationSession,
)
from biometrics.verification import allowance, lockout, sessions
from biometrics.verification.browser_binding import hash_of
from biometrics.verification.desks import DESK_GONE
from tests.support.people import enrolled, finish, is_signed_in, pass_password, person

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response
    from pytest_django import Settings

    from accounts.models import User

pytestmark = pytest.mark.django_db
TRACKER = "t" * 64
LOGIN = {"purpose": "login", "bound_to": ""}


@pytest.fixture
def voter() -> User:
    return enrolled("alice")


@pytest.fixture
def desk(voter: User) -> Client:
    """A computer on which alice's password was typed."""
    client = Client()
    pass_password(client, "alice")
    return client


@pytest.fixture
def phone() -> Client:
    client = Client()
    client.get(reverse("biometrics:phone"))
    return client


def send(client: Client, name: str, body: dict[str, Any]) -> Response:
    return client.post(reverse(f"biometrics:{name}"), body, content_type="application/json")


def shown_by(desk: Client, matter: dict[str, str] = LOGIN) -> str:
    """The ticket in the desk's QR code."""
    address: str = send(desk, "handoff-show", matter).json()["address"]
    return address.partition("#")[2]


def state_at(desk: Client, matter: dict[str, str] = LOGIN) -> str:
    return str(send(desk, "handoff-ask", matter).json()["state"])


def scan(phone: Client, ticket: str) -> Response:
    return send(phone, "phone-scan", {"ticket": ticket})


def confirm(phone: Client, ticket: str) -> Response:
    return send(phone, "phone-confirm", {"ticket": ticket})


def socket_ticket(phone: Client, ticket: str) -> Response:
    return send(phone, "phone-ticket", {"purpose": "login", "bound_to": ticket})


def on_the_phone(desk: Client, phone: Client, matter: dict[str, str] = LOGIN) -> str:
    """The way to a ticket for the phone's socket. Returns that ticket."""
    ticket = shown_by(desk, matter)
    scan(phone, ticket)
    confirm(phone, ticket)
    issued: str = socket_ticket(phone, ticket).json()["ticket"]
    return issued


def verdict_of(phone: Client, ticket: str, verdict: Verdict, *, after: timedelta = timedelta(0)):
    """What the phone's socket does. Returns what was stored."""
    now = timezone.now()
    session = sessions.open_session(ticket, browser_hash=hash_of(phone.session), camera={}, now=now)
    return sessions.finish(session, verdict, frames=10, models_used={}, now=now + after)


def test_the_desk_goes_on_when_the_phone_has_seen_the_face(desk: Client, phone: Client) -> None:
    ticket = on_the_phone(desk, phone)
    verdict_of(phone, ticket, Verdict(True))

    assert state_at(desk) == HandoffState.VERIFIED
    finish(desk)
    assert is_signed_in(desk)


def test_the_phone_gets_nothing_by_it(desk: Client, phone: Client) -> None:
    verdict_of(phone, on_the_phone(desk, phone), Verdict(True))

    finish(phone)

    assert not is_signed_in(phone)
    assert VerificationGrant.objects.get().browser_hash == hash_of(desk.session)


def test_another_desk_with_the_password_gets_nothing_by_it(desk: Client, phone: Client) -> None:
    other = Client()
    pass_password(other, "alice")
    verdict_of(phone, on_the_phone(desk, phone), Verdict(True))

    finish(other)

    assert state_at(other) == HandoffState.ENDED
    assert not is_signed_in(other)


def test_the_phone_shows_what_it_is_for_and_the_signs_of_the_desk(
    desk: Client, phone: Client
) -> None:
    shown = send(desk, "handoff-show", LOGIN).json()
    ticket = shown["address"].partition("#")[2]

    told = scan(phone, ticket).json()

    assert (told["account"], told["purpose"], told["code"]) == ("alice", "login", shown["code"])
    assert shown["qr"].startswith("data:image/svg+xml")


def test_loading_the_page_uses_nothing_up(desk: Client, phone: Client) -> None:
    ticket = shown_by(desk)
    for _ in range(3):
        assert Client().get(reverse("biometrics:phone")).status_code == 200

    assert scan(phone, ticket).status_code == 200


def test_a_second_phone_can_not_scan_the_same_code(desk: Client, phone: Client) -> None:
    ticket = shown_by(desk)
    scan(phone, ticket)
    second = Client()
    second.get(reverse("biometrics:phone"))

    assert scan(second, ticket).status_code == 403
    assert confirm(second, ticket).status_code == 403
    assert socket_ticket(second, ticket).status_code == 403
    assert state_at(desk) == HandoffState.SCANNED


def test_the_same_phone_may_load_its_page_again(desk: Client, phone: Client) -> None:
    ticket = shown_by(desk)
    scan(phone, ticket)
    confirm(phone, ticket)

    assert scan(phone, ticket).json()["state"] == HandoffState.CONFIRMED


def test_before_it_is_confirmed_there_is_no_ticket(desk: Client, phone: Client) -> None:
    ticket = shown_by(desk)
    scan(phone, ticket)

    assert socket_ticket(phone, ticket).status_code == 403


def test_whoever_did_not_begin_it_ends_it(desk: Client, phone: Client) -> None:
    ticket = shown_by(desk)
    scan(phone, ticket)

    send(phone, "phone-deny", {"ticket": ticket})

    assert state_at(desk) == HandoffState.ENDED
    assert socket_ticket(phone, ticket).status_code == 403
    assert AuditEvent.objects.get(action="phone_handoff").details["answer"] == "denied"


@pytest.mark.parametrize("scanned", [False, True])
def test_an_old_code_is_worth_nothing(desk: Client, phone: Client, scanned: bool) -> None:
    ticket = shown_by(desk)
    if scanned:
        scan(phone, ticket)
        confirm(phone, ticket)
    PhoneHandoff.objects.update(expires_at=timezone.now())

    assert scan(phone, ticket).status_code == 403
    assert socket_ticket(phone, ticket).status_code == 403
    assert state_at(desk) == HandoffState.ENDED


def test_a_code_lives_two_minutes_until_it_is_scanned(desk: Client) -> None:
    shown_by(desk)

    handoff = PhoneHandoff.objects.get()

    assert handoff.expires_at - handoff.created_at == timedelta(minutes=2)


def test_a_new_code_ends_the_one_before(desk: Client, phone: Client) -> None:
    first = shown_by(desk)
    shown_by(desk)

    assert scan(phone, first).status_code == 403


def test_a_closed_desk_gets_no_grant(desk: Client, phone: Client) -> None:
    ticket = on_the_phone(desk, phone)

    stored = verdict_of(phone, ticket, Verdict(True), after=DESK_GONE)

    assert stored.verdict == Verdict(False, Reason.AGAIN)
    assert not VerificationGrant.objects.exists()


def test_a_desk_that_does_it_in_another_way_gets_no_grant(desk: Client, phone: Client) -> None:
    ticket = on_the_phone(desk, phone)
    session = sessions.open_session(
        ticket, browser_hash=hash_of(phone.session), camera={}, now=timezone.now()
    )
    send(desk, "handoff-end", {})

    sessions.finish(session, Verdict(True), frames=10, models_used={}, now=timezone.now())

    assert not VerificationGrant.objects.exists()


def test_the_desk_says_that_it_waits_by_asking(desk: Client, phone: Client) -> None:
    ticket = on_the_phone(desk, phone)
    PhoneHandoff.objects.update(desk_seen_at=timezone.now() - DESK_GONE)

    state_at(desk)

    assert verdict_of(phone, ticket, Verdict(True)).verdict.verified


def test_the_phone_s_ticket_opens_nothing_in_another_browser(desk: Client, phone: Client) -> None:
    ticket = on_the_phone(desk, phone)

    for thief in (desk, Client()):
        with pytest.raises(sessions.SessionRefused):
            sessions.open_session(
                ticket, browser_hash=hash_of(thief.session), camera={}, now=timezone.now()
            )


def test_a_wrong_face_before_the_phone_is_a_failed_try_of_the_account(
    desk: Client, phone: Client, voter: User
) -> None:
    verdict_of(phone, on_the_phone(desk, phone), Verdict(False, Reason.NO_MATCH))

    assert FaceLockout.objects.get(user=voter).failures == 1
    assert state_at(desk) == HandoffState.CONFIRMED


def test_a_lock_out_holds_for_the_phone_too(desk: Client, phone: Client, voter: User) -> None:
    ticket = shown_by(desk)
    scan(phone, ticket)
    confirm(phone, ticket)
    for _ in range(lockout.FREE_FAILURES):
        lockout.count_failure(voter, timezone.now())

    assert socket_ticket(phone, ticket).status_code == 429
    assert send(desk, "handoff-show", LOGIN).status_code == 429


def test_a_lock_out_that_begins_meanwhile_gives_no_grant(
    desk: Client, phone: Client, voter: User
) -> None:
    ticket = on_the_phone(desk, phone)
    session = sessions.open_session(
        ticket, browser_hash=hash_of(phone.session), camera={}, now=timezone.now()
    )
    for _ in range(lockout.FREE_FAILURES):
        lockout.count_failure(voter, timezone.now())

    sessions.finish(session, Verdict(True), frames=9, models_used={}, now=timezone.now())

    assert not VerificationGrant.objects.exists()


def test_frames_are_those_of_the_account(
    desk: Client, phone: Client, voter: User, settings: Settings
) -> None:
    ticket = shown_by(desk)
    scan(phone, ticket)
    confirm(phone, ticket)
    allowance.take_frames(voter, settings.FACE_FRAMES_PER_DAY)

    assert socket_ticket(phone, ticket).status_code == 429


def test_a_grant_for_a_ballot_is_bound_to_its_tracker(client: Client, phone: Client) -> None:
    voter = enrolled("ben")
    client.force_login(voter)
    matter = {"purpose": "cast", "bound_to": TRACKER}
    verdict_of(phone, on_the_phone(client, phone, matter), Verdict(True))

    grant = VerificationGrant.objects.get()

    assert (grant.purpose, grant.bound_to) == ("cast", TRACKER)
    assert grant.browser_hash == hash_of(client.session)
    assert state_at(client, {"purpose": "cast", "bound_to": "u" * 64}) == HandoffState.ENDED


@pytest.mark.parametrize("purpose", ["enrol", "check", "else"])
def test_only_a_sign_in_and_a_ballot_are_handed_over(desk: Client, purpose: str) -> None:
    assert send(desk, "handoff-show", {"purpose": purpose, "bound_to": ""}).status_code == 400


def test_a_stranger_gets_no_code(voter: User) -> None:
    assert send(Client(), "handoff-show", LOGIN).status_code == 403
    assert send(Client(), "handoff-ask", LOGIN).status_code == 403


def test_whoever_has_no_face_enrolled_gets_no_code() -> None:
    person("carl")
    client = Client()
    pass_password(client, "carl")

    assert send(client, "handoff-show", LOGIN).status_code in {403, 409}


def test_nobody_floods_the_table(desk: Client) -> None:
    answers = [send(desk, "handoff-show", LOGIN) for _ in range(passing.MOST_IN_TEN_MINUTES + 1)]

    assert [answer.status_code for answer in answers[-2:]] == [200, 429]


def test_a_site_may_do_without_it(desk: Client, phone: Client, settings: Settings) -> None:
    ticket = shown_by(desk)
    settings.PHONE_HANDOFF = False

    assert send(desk, "handoff-show", LOGIN).status_code == 404
    assert scan(phone, ticket).status_code == 404
    assert phone.get(reverse("biometrics:phone")).status_code == 404


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '{"ticket": 5}', '{"ticket": ""}', '{"ticket": "' + "a" * 65 + '"}']
)
def test_odd_requests_of_a_phone_are_refused(phone: Client, body: str) -> None:
    for name in ("phone-scan", "phone-confirm", "phone-deny", "phone-ticket"):
        answer = phone.post(reverse(f"biometrics:{name}"), body, content_type="application/json")
        assert answer.status_code == 403


def test_the_ticket_is_nowhere_in_the_database(desk: Client, phone: Client) -> None:
    ticket = shown_by(desk)
    scan(phone, ticket)

    row = PhoneHandoff.objects.values().get()

    assert ticket not in str(row)
    assert VerificationSession.objects.count() == 0
