"""Officials see what came of the face steps, by the hour, and nothing that was seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from biometrics.engine.session import Reason
from biometrics.models import Purpose, SessionState, VerificationSession
from biometrics.verification.attempts import BAR_HEIGHT, HOURS, OUTCOMES, attempts_report
from tests.support.places import BASE

pytestmark = pytest.mark.django_db


def attempt(number, state, reason="", *, hours_ago=0.0):
    now = timezone.now()
    then = now - timedelta(hours=hours_ago)
    VerificationSession.objects.create(
        user=User.objects.get_or_create(username="ada")[0],
        purpose=Purpose.LOGIN,
        ticket_hash=f"{number:064d}",
        state=state,
        reason=reason,
        created_at=then,
        opened_at=then,
        ticket_expires_at=then,
    )


def outcomes(report):
    return {outcome.name: outcome.count for outcome in report.outcomes if outcome.count}


def test_every_outcome_is_counted_in_its_hour():
    attempt(1, SessionState.VERIFIED)
    attempt(2, SessionState.REFUSED, "not_live")
    attempt(3, SessionState.REFUSED, "not_live", hours_ago=3)
    attempt(4, SessionState.ENDED)
    attempt(5, SessionState.VERIFIED, hours_ago=30)

    report = attempts_report(timezone.now())

    assert outcomes(report) == {"verified": 1, "not_live": 2, "left": 1}
    assert len(report.hours) == HOURS
    assert [hour.total for hour in report.hours if hour.total] == [1, 3]


def test_every_reason_has_its_words_and_its_colour():
    styles = (BASE / "static/css/admin.css").read_text()

    assert {str(reason) for reason in Reason} < set(OUTCOMES)
    assert all(f".attempts-{name} {{" in styles for name in OUTCOMES)


def test_the_highest_hour_fills_the_chart():
    for number in range(4):
        attempt(number, SessionState.VERIFIED if number else SessionState.ENDED)

    (hour,) = [hour for hour in attempts_report(timezone.now()).hours if hour.total]

    assert sum(part.height for part in hour.parts) == pytest.approx(BAR_HEIGHT)
    assert hour.parts[-1].top == pytest.approx(0)


def test_an_empty_day_is_a_page_too(admin_client, settings):
    settings.OFFICIAL_SECOND_FACTOR = "none"
    page = admin_client.get(reverse("admin:biometrics_verificationsession_attempts"))

    assert attempts_report(timezone.now()).highest == 0
    assert page.status_code in {200, 302}


def test_who_may_not_look_is_turned_away(client, settings):
    settings.OFFICIAL_SECOND_FACTOR = "none"
    client.force_login(User.objects.create_user("clerk", is_staff=True))

    page = client.get(reverse("admin:biometrics_verificationsession_attempts"))

    assert page.status_code == 403


def test_who_may_look_sees_the_numbers(client, settings):
    settings.OFFICIAL_SECOND_FACTOR = "none"
    attempt(1, SessionState.REFUSED, "not_live")
    client.force_login(User.objects.create_superuser("chief"))

    page = client.get(reverse("admin:biometrics_verificationsession_attempts")).content.decode()

    assert "taken for a picture or a screen" in page
    assert "attempts-not_live" in page
    assert "ada" not in page
