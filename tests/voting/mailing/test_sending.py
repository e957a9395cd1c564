"""Every letter goes out at most once, has a state, and is found again after any accident."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, OneTimeLink
from tests.support.mail import link_in, send_by
from tests.support.people import PASSWORD
from tests.support.polls import club
from voting.elections import freezing, life_cycle
from voting.mailing import ordering, sending, states
from voting.mailing.tasks import send_mailing
from voting.models import (
    Audience,
    Mail,
    Mailing,
    MailKind,
    MailState,
    NoReminders,
    VoterRollEntry,
    WorkState,
)
from voting.refusals import StepRefused

pytestmark = pytest.mark.django_db
SITE = "https://vote.example.org"


@pytest.fixture(autouse=True)
def by_server(server, settings):
    send_by(server, settings)


def order(poll, kind=MailKind.INVITATION, audience=Audience.ALL):
    return ordering.order(
        poll.election, kind, audience, actor=poll.official, site=SITE, now=timezone.now()
    )


def states_of(mailing):
    return list(Mail.objects.filter(mailing=mailing).order_by("pk").values_list("state", flat=True))


def address(poll, number, new):
    poll.users[number].email = new
    poll.users[number].save()


def silence(mailing):
    """Its worker has said nothing for a long time."""
    long_ago = timezone.now() - 2 * sending.SILENT
    Mailing.objects.filter(pk=mailing.pk).update(beat_at=long_ago, asked_at=long_ago)


def test_everybody_gets_one_letter_with_a_link_of_their_own(server):
    poll = club("one")
    mailing = order(poll)

    assert not sending.send_slice(mailing.pk)

    links = set()
    for user in poll.users:
        (letter,) = server.letters(user.email)
        text = letter.get_body(("plain",)).get_content()
        links.add(link_in(text))
        assert user.username in text
        assert link_in(letter.get_body(("html",)).get_content().replace('"', " "))
        assert letter["Auto-Submitted"] == "auto-generated"
    assert len(links) == 3
    assert states_of(mailing) == [MailState.SENT] * 3
    mailing.refresh_from_db()
    assert mailing.state == WorkState.DONE
    assert AuditEvent.objects.get(action="mail_ordered").details["letters"] == 3


def test_no_link_is_stored_as_it_was_sent(server):
    poll = club("hash", voters=1)
    sending.send_slice(order(poll).pk)
    text = server.letters(poll.users[0].email)[0].get_body(("plain",)).get_content()
    secret = link_in(text).strip("/").rsplit("/")[-1]

    for model in (Mail, Mailing, OneTimeLink):
        assert all(secret not in str(row) for row in model.objects.values())
    assert Mail.objects.get().link == OneTimeLink.objects.get()


def test_who_has_a_password_gets_the_address_and_no_link(server):
    poll = club("pw", voters=1)
    poll.users[0].set_password(PASSWORD)
    poll.users[0].save()

    sending.send_slice(order(poll).pk)

    text = server.letters(poll.users[0].email)[0].get_body(("plain",)).get_content()
    assert f"{SITE}/sign-in/" in text
    assert not OneTimeLink.objects.exists()


def test_refused_late_and_unanswered_letters_are_told_apart(server):
    poll = club("kinds", voters=4)
    for number, name in enumerate(("refused", "later", "unanswered")):
        address(poll, number, f"{name}@kinds.org")
    mailing = order(poll)

    assert not sending.send_slice(mailing.pk)

    assert states_of(mailing) == ["refused", "waiting", "uncertain", "sent"]
    assert Mail.objects.filter(mailing=mailing)[0].answer == "550 5.1.1 no such mailbox"
    mailing.refresh_from_db()
    assert mailing.state == WorkState.ORDERED


def test_a_letter_that_the_server_puts_off_is_given_up_in_the_end(server):
    poll = club("late", voters=1)
    address(poll, 0, "later@late.org")
    mailing = order(poll)

    for _ in range(sending.MOST_TRIES):
        sending.send_slice(mailing.pk)
        Mail.objects.filter(mailing=mailing).update(not_before=None)

    assert states_of(mailing) == [MailState.REFUSED]


def test_an_uncertain_letter_is_not_sent_again_by_itself(server):
    poll = club("unsure", voters=1)
    address(poll, 0, "unanswered@unsure.org")
    mailing = order(poll)
    for _ in range(3):
        sending.send_slice(mailing.pk)
        silence(mailing)

    assert states_of(mailing) == [MailState.UNCERTAIN]
    assert server.arrivals().count("unanswered@unsure.org") == 1


def test_after_the_death_of_a_worker_one_letter_is_uncertain_and_the_rest_is_sent(server):
    poll = club("dead")
    mailing = order(poll)
    sending.send_slice(mailing.pk)
    # As if the worker had died after it gave the second letter to the server.
    rows = list(Mail.objects.filter(mailing=mailing).order_by("pk"))
    Mail.objects.filter(pk=rows[1].pk).update(state=MailState.SENDING)
    Mail.objects.filter(pk=rows[2].pk).update(state=MailState.WAITING)
    Mailing.objects.filter(pk=mailing.pk).update(state=WorkState.WRITING)
    assert not sending.send_slice(mailing.pk), "another worker may still be at it"
    assert server.arrivals().count(poll.users[2].email) == 1
    silence(mailing)

    assert sending.abandoned() == [mailing.pk]
    sending.send_slice(mailing.pk)

    assert states_of(mailing) == ["sent", "uncertain", "sent"]
    assert [server.arrivals().count(user.email) for user in poll.users] == [1, 1, 2]


def test_a_server_that_is_away_loses_nothing(server, settings):
    poll = club("away")
    mailing = order(poll)
    settings.EMAIL_PORT = 9

    assert not sending.send_slice(mailing.pk)

    assert states_of(mailing) == [MailState.WAITING] * 3
    assert "takes none now" in states.progress_of(Mailing.objects.get(pk=mailing.pk)).words
    settings.EMAIL_PORT = server.port
    silence(mailing)
    assert sending.abandoned() == [mailing.pk]
    sending.send_slice(mailing.pk)
    assert states_of(mailing) == [MailState.SENT] * 3


def test_a_second_click_sends_nothing_twice(server):
    poll = club("twice")

    first, second = order(poll), order(poll)
    for _ in range(2):
        sending.send_slice(first.pk)

    assert first == second
    assert [server.arrivals().count(user.email) for user in poll.users] == [1, 1, 1]


def test_an_official_stops_it_and_goes_on(server, monkeypatch):
    poll = club("stop")
    mailing = order(poll)
    ordering.stop(mailing, actor=poll.official)

    assert not sending.send_slice(mailing.pk)
    assert not Mail.objects.filter(mailing=mailing, state=MailState.SENT).exists()

    ordering.go_on(Mailing.objects.get(pk=mailing.pk), actor=poll.official)
    sending.send_slice(mailing.pk)
    assert states_of(mailing) == [MailState.SENT] * 3


def test_a_long_sending_gives_way_after_a_few_seconds(server, monkeypatch):
    poll = club("slices")
    mailing = order(poll)
    monkeypatch.setattr(sending, "SLICE_SECONDS", 0.0)
    assert sending.send_slice(mailing.pk)
    monkeypatch.undo()

    send_mailing(mailing.pk)

    assert states_of(mailing) == [MailState.SENT] * 3


def test_who_votes_before_the_reminder_leaves_gets_none(server):
    poll = club("voted")
    freezing.freeze(poll.election, actor=poll.official, now=timezone.now())
    life_cycle.open_election(poll.election, actor=poll.official, now=timezone.now())
    NoReminders.objects.create(entry=poll.entry(1))
    mailing = order(poll, MailKind.REMINDER, Audience.NOT_VOTED)
    sending._list_receivers(mailing)
    VoterRollEntry.objects.filter(pk=poll.entry(0).pk).update(has_voted=True)

    sending.send_slice(mailing.pk)

    assert [server.arrivals().count(user.email) for user in poll.users] == [0, 0, 1]
    (letter,) = server.letters(poll.users[2].email)
    assert letter["List-Unsubscribe"].strip().startswith(f"<{SITE}/no-reminders/")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_letter_shows_how_far_its_reader_has_come(server):
    poll = club("far")
    mailing = order(poll)
    sending.send_slice(mailing.pk)
    first = Mail.objects.filter(mailing=mailing).order_by("pk")[0]
    assert first.link is not None
    OneTimeLink.objects.filter(pk=first.link.pk).update(opened_at=timezone.now())
    VoterRollEntry.objects.filter(pk=poll.entry(1).pk).update(has_voted=True)

    rows = states.with_letter_state(mailing).order_by("pk")

    assert [row.letter_state for row in rows] == ["opened", "voted", "sent"]
    assert dict(states.counts(mailing)) == {"opened": 1, "voted": 1, "sent": 1}


@pytest.mark.parametrize("kind", [MailKind.RESULT, MailKind.RECEIPT, "nonsense"])
def test_what_cannot_be_sent_is_refused(kind):
    with pytest.raises(StepRefused):
        order(club("bad"), kind)


def test_nobody_without_an_address_gets_a_row():
    poll = club("none")
    address(poll, 0, "")
    mailing = order(poll)

    sending.send_slice(mailing.pk)

    assert Mail.objects.filter(mailing=mailing).count() == mailing.total == 2


def test_mails_wait_for_their_pace(server, settings):
    settings.MAIL_PER_SECOND = 20
    poll = club("pace")
    begun = timezone.now()

    sending.send_slice(order(poll).pk)

    assert timezone.now() - begun >= timedelta(seconds=2 / 20)
