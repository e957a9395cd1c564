"""Get ready, am I on the roll, the dates: what voters see weeks before the day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from biometrics.engine.session import Reason, Verdict
from biometrics.models import FaceLockout, Reference, VerificationGrant
from biometrics.verification import allowance, lockout, sessions
from biometrics.verification.browser_binding import hash_of
from tests.support.people import ask_ticket, enrolled, pass_password
from tests.support.polls import BORN, draft_election
from voting.elections import freezing
from voting.models import Election
from voting.preparing import on_the_roll
from voting.preparing.on_the_roll import Answer

if TYPE_CHECKING:
    from accounts.models import User
    from tests.support.polls import Poll

pytestmark = pytest.mark.django_db
PAGE = "/get-ready/"


@pytest.fixture
def poll() -> Poll:
    opens = timezone.now() + dt.timedelta(days=20)
    poll = draft_election(opens_at=opens, closes_at=opens + dt.timedelta(days=2))
    freezing.freeze(poll.election, actor=poll.official, now=timezone.now())
    return poll


@pytest.fixture
def voter(poll: Poll) -> User:
    """Enrolled, on a roll that is still a draft, and never before a camera."""
    user = enrolled("alice")
    draft = draft_election("later")
    draft.election.roll.filter(user=draft.users[0]).update(user=user)
    return user


def browser_of(user: User) -> Client:
    client = Client()
    pass_password(client, user.username)
    return client


def check(client: Client, verdict: Verdict) -> None:
    """What the socket does in a camera check."""
    now, ticket = timezone.now(), ask_ticket(client, "check").json()["ticket"]
    session = sessions.open_session(
        ticket, browser_hash=hash_of(client.session), camera={}, now=now
    )
    sessions.finish(session, verdict, frames=10, models_used={}, now=now)


def test_a_stranger_reads_what_there_is_to_do(poll: Poll) -> None:
    page = Client().get(PAGE)

    assert page.status_code == 200
    assert b"Sign in" in page.content
    assert reverse("voting:roll-check", args=["e"]).encode() in page.content
    assert b"data-capture" not in page.content


def test_after_the_password_one_sees_the_own_way(voter: User) -> None:
    page = browser_of(voter).get(PAGE).content.decode()

    assert "this is alice" in page
    assert "your voter number is N0" in page
    assert "times and roll may still change" in page
    assert 'data-purpose="check"' in page


def test_a_camera_check_spends_nothing(voter: User) -> None:
    client = browser_of(voter)
    lockout.count_failure(voter, timezone.now())

    check(client, Verdict(True))

    assert Reference.objects.get(user=voter).verified_at is not None
    assert not VerificationGrant.objects.exists()
    assert FaceLockout.objects.get(user=voter).failures == 1
    assert b"You are ready" in client.get(PAGE).content


def test_a_camera_check_that_fails_locks_nobody_out(voter: User) -> None:
    client = browser_of(voter)
    for _ in range(6):
        check(client, Verdict(False, Reason.NO_MATCH))

    assert not FaceLockout.objects.exists()
    assert ask_ticket(client, "login").status_code == 200


def test_camera_checks_are_no_free_tries(voter: User) -> None:
    client = browser_of(voter)
    for _ in range(allowance.FAILED_CHECKS):
        check(client, Verdict(False, Reason.NO_MATCH))

    assert ask_ticket(client, "check").status_code == 429
    assert ask_ticket(client, "login").status_code == 200


def test_a_lock_out_holds_for_camera_checks(voter: User) -> None:
    for _ in range(lockout.FREE_FAILURES):
        lockout.count_failure(voter, timezone.now())

    assert ask_ticket(browser_of(voter), "check").status_code == 429


def test_once_recognised_a_password_alone_checks_no_faces(voter: User) -> None:
    client = browser_of(voter)
    check(client, Verdict(True))

    assert ask_ticket(client, "check").status_code == 403
    assert b'data-purpose="check"' not in client.get(PAGE).content


def test_whoever_is_signed_in_may_check_another_camera(client: Client, voter: User) -> None:
    Reference.objects.update(verified_at=timezone.now())
    client.force_login(voter)

    assert ask_ticket(client, "check").status_code == 200
    assert ask_ticket(client, "check", "t" * 64).status_code == 400


def ask(slug: str = "e", **typed: str) -> Any:
    return Client().post(reverse("voting:roll-check", args=[slug]), typed)


DATE = {"date_of_birth": BORN.isoformat()}


def test_who_is_on_the_roll_is_told_so(poll: Poll) -> None:
    page = ask(voter_number=" n0 ", **DATE)

    assert b"Yes, you are on the roll" in page.content
    assert b"Voter 0" not in page.content


@pytest.mark.parametrize(
    "typed",
    [
        {"voter_number": "N7", **DATE},
        {"voter_number": "N0", "date_of_birth": "1980-05-18"},
    ],
)
def test_a_wrong_number_and_a_wrong_date_get_one_answer(poll: Poll, typed: dict[str, str]) -> None:
    assert b"No, not with these details" in ask(**typed).content


def test_the_number_alone_is_no_question_where_the_roll_has_dates(poll: Poll) -> None:
    page = ask(voter_number="N0")

    assert page.status_code == 400
    assert b"on the roll</h2>" not in page.content


def test_no_date_does_not_match_a_date(poll: Poll) -> None:
    assert _asked(poll, "N0", None) == Answer.NO


def test_a_roll_without_dates_asks_for_the_number_alone() -> None:
    poll = draft_election("n", ask_date_of_birth=False)
    poll.election.roll.update(date_of_birth=None)
    freezing.freeze(poll.election, actor=poll.official, now=timezone.now())

    assert b"Yes, you are on the roll" in ask("n", voter_number="N1").content


def test_dates_can_not_be_tried_out(poll: Poll) -> None:
    answers = [
        _asked(poll, "N0", BORN + dt.timedelta(days=day), address=f"10.0.0.{day}")
        for day in range(1, on_the_roll.BY_NUMBER.free + 2)
    ]

    assert answers[-2:] == [Answer.NO, Answer.WAIT]
    assert _asked(poll, "N0", BORN, address="10.0.1.1") == Answer.WAIT


def test_numbers_can_not_be_tried_out(poll: Poll) -> None:
    answers = [
        _asked(poll, f"X{number}", BORN) for number in range(on_the_roll.BY_ADDRESS.free + 1)
    ]

    assert answers[-2:] == [Answer.NO, Answer.WAIT]
    assert ask(voter_number="N0", **DATE).status_code in {200, 429}


def test_an_official_may_switch_the_question_off(poll: Poll) -> None:
    Election.objects.update(roll_check=False)

    assert ask(voter_number="N0", **DATE).status_code == 404
    assert reverse("voting:roll-check", args=["e"]).encode() not in Client().get(PAGE).content


def test_nobody_is_asked_about_a_draft() -> None:
    draft_election("secret")

    assert ask("secret", voter_number="N0", **DATE).status_code == 404


def test_the_dates_are_a_calendar(client: Client, poll: Poll, voter: User) -> None:
    public = Calendar.from_ical(client.get(reverse("voting:dates", args=["e"])).content)
    (event,) = public.walk("VEVENT")
    assert event["SUMMARY"] == "Vote: An election"
    assert abs(event.decoded("DTSTART") - poll.election.opens_at) < dt.timedelta(seconds=1)
    assert event["STATUS"] == "CONFIRMED"
    assert client.get(reverse("voting:dates", args=["later"])).status_code == 404

    Election.objects.filter(slug="later").update(opens_at=timezone.now())
    mine = Calendar.from_ical(browser_of(voter).get(reverse("voting:own-dates")).content)
    assert [event["STATUS"] for event in mine.walk("VEVENT")] == ["TENTATIVE"]
    assert Client().get(reverse("voting:own-dates")).status_code == 302


def _asked(poll: Poll, number: str, born: dt.date | None, *, address: str = "10.0.0.1") -> Answer:
    return on_the_roll.ask(poll.election, number, born, address=address, now=timezone.now())
