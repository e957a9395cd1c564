"""A grant: one person, one purpose, one matter, one browser, once, and soon."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from biometrics.engine.session import Reason, Verdict
from biometrics.models import Purpose, Reference, SessionState, VerificationSession
from biometrics.verification import grants, sessions

pytestmark = pytest.mark.django_db
BROWSER = "b" * 64


@pytest.fixture
def voter(monkeypatch):
    monkeypatch.setattr(sessions, "has_consent", lambda user: True)
    monkeypatch.setattr(sessions, "has_reference", lambda user: True)
    return User.objects.create_user("voter", password="a long password")


def opened(voter, *, purpose=Purpose.LOGIN, bound_to=""):
    now = timezone.now()
    ticket = sessions.issue_ticket(voter, purpose, bound_to, browser_hash=BROWSER, now=now)
    return sessions.open_session(ticket, browser_hash=BROWSER, camera={}, now=now)


def verified(voter, **kwargs):
    session = opened(voter, **kwargs)
    sessions.finish(session, Verdict(True), frames=10, models_used={}, now=timezone.now())
    return session


def test_a_grant_is_spent_once(voter):
    verified(voter)

    grants.spend(voter, Purpose.LOGIN, browser_hash=BROWSER, now=timezone.now())

    with pytest.raises(grants.GrantRefused):
        grants.spend(voter, Purpose.LOGIN, browser_hash=BROWSER, now=timezone.now())


@pytest.mark.parametrize(
    "wrong",
    [
        {"purpose": Purpose.LOGIN, "bound_to": "tracker"},
        {"purpose": Purpose.CAST, "bound_to": "another"},
        {"purpose": Purpose.CAST, "bound_to": ""},
    ],
)
def test_a_grant_for_one_ballot_is_worth_nothing_for_anything_else(voter, wrong):
    verified(voter, purpose=Purpose.CAST, bound_to="tracker")

    with pytest.raises(grants.GrantRefused):
        grants.spend(voter, **wrong, browser_hash=BROWSER, now=timezone.now())


def test_another_browser_cannot_spend_it(voter):
    verified(voter)

    with pytest.raises(grants.GrantRefused):
        grants.spend(voter, Purpose.LOGIN, browser_hash="c" * 64, now=timezone.now())


def test_an_old_grant_is_worth_nothing(voter):
    verified(voter)

    later = timezone.now() + timedelta(minutes=3)

    with pytest.raises(grants.GrantRefused):
        grants.spend(voter, Purpose.LOGIN, browser_hash=BROWSER, now=later)


def test_a_refusal_gives_no_grant(voter):
    session = opened(voter)

    sessions.finish(
        session, Verdict(False, Reason.NO_MATCH), frames=25, models_used={}, now=timezone.now()
    )

    assert VerificationSession.objects.get(pk=session.pk).state == SessionState.REFUSED
    with pytest.raises(grants.GrantRefused):
        grants.spend(voter, Purpose.LOGIN, browser_hash=BROWSER, now=timezone.now())


def test_a_session_has_one_verdict(voter):
    session = verified(voter)

    with pytest.raises(sessions.SessionRefused):
        sessions.finish(session, Verdict(True), frames=10, models_used={}, now=timezone.now())


@pytest.mark.parametrize(
    ("browser", "age"), [("c" * 64, 0), ("", 0), (BROWSER, 61)], ids=["foreign", "none", "old"]
)
def test_a_foreign_or_old_ticket_opens_nothing(voter, browser, age):
    now = timezone.now()
    ticket = sessions.issue_ticket(voter, Purpose.LOGIN, "", browser_hash=BROWSER, now=now)

    with pytest.raises(sessions.SessionRefused):
        sessions.open_session(
            ticket, browser_hash=browser, camera={}, now=now + timedelta(seconds=age)
        )


def test_a_ticket_opens_one_socket(voter):
    now = timezone.now()
    ticket = sessions.issue_ticket(voter, Purpose.LOGIN, "", browser_hash=BROWSER, now=now)
    sessions.open_session(ticket, browser_hash=BROWSER, camera={}, now=now)

    with pytest.raises(sessions.SessionRefused):
        sessions.open_session(ticket, browser_hash=BROWSER, camera={}, now=now)


def test_five_failures_bring_a_wait_and_success_ends_it(voter):
    for _ in range(5):
        sessions.finish(
            opened(voter),
            Verdict(False, Reason.NO_MATCH),
            frames=25,
            models_used={},
            now=timezone.now(),
        )

    with pytest.raises(sessions.SessionRefused) as refusal:
        opened(voter)

    assert refusal.value.code is sessions.SessionRefusalCode.TOO_MANY_TRIES
    assert 0 < refusal.value.retry_after <= 31


def test_without_a_reference_there_is_no_ticket():
    voter = User.objects.create_user("nobody", password="a long password")

    with pytest.raises(sessions.SessionRefused) as refusal:
        opened(voter)

    assert refusal.value.code is sessions.SessionRefusalCode.CONSENT_NEEDED
    assert not Reference.objects.exists()
