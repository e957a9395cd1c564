"""One-time links: by purpose, for a time, once, and bound to what the account was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts.invitations import links
from accounts.invitations.links import LinkRefusalCode, LinkRefused
from accounts.models import LinkPurpose, OneTimeLink
from tests.support.people import PASSWORD, person
from tests.support.polls import draft_election
from voting.elections import freezing

pytestmark = pytest.mark.django_db
NEW = "quite another password 7"
TWICE = {"new_password1": NEW, "new_password2": NEW}
ALL = list(LinkPurpose)


@pytest.fixture
def voter():
    return person("voter", email="voter@example.org")


def secret_of(path):
    return path.rstrip("/").rsplit("/", 1)[-1]


def refusal(path, now, purposes=ALL):
    with pytest.raises(LinkRefused) as refused:
        links.find(secret_of(path), purposes, now=now)
    return refused.value.code


def use(browser, path):
    form = browser.get(path, follow=True)
    assert form.status_code == 200, form.status_code
    return browser.post("/set-password/here/", TWICE)


LIVES = [
    (LinkPurpose.INVITATION, timedelta(days=14)),
    (LinkPurpose.RESET, timedelta(hours=1)),
    (LinkPurpose.OFFICE, timedelta(hours=1)),
]


@pytest.mark.parametrize(("purpose", "life"), LIVES)
def test_each_purpose_has_its_own_life(voter, now, purpose, life):
    path = links.make(voter, purpose, now=now)

    links.find(secret_of(path), ALL, now=now + life - timedelta(seconds=1))
    assert refusal(path, now + life) is LinkRefusalCode.OLD


def test_a_link_for_one_purpose_opens_no_other_page(voter, now):
    path = links.make(voter, LinkPurpose.ADDRESS, now=now, new_address="new@example.org")

    assert refusal(path, now, [LinkPurpose.RESET]) is LinkRefusalCode.UNKNOWN
    assert Client().get(f"/set-password/{secret_of(path)}/").status_code == 410


def test_the_secret_is_stored_nowhere(voter, now):
    secret = secret_of(links.make(voter, LinkPurpose.INVITATION, now=now))

    row = OneTimeLink.objects.values().get()

    assert len(secret) >= 22  # 128 bits in Base64
    assert all(secret not in str(value) for value in row.values())


def test_a_used_link_says_so_and_sets_nothing_more(voter, now):
    path = links.make(voter, LinkPurpose.INVITATION, now=now)
    use(Client(), path)

    again = Client().get(path)

    assert again.status_code == 410
    assert b"was used already" in again.content
    assert b"Ask for a new link" in again.content


def test_using_one_link_ends_all_others_of_the_account(voter, now):
    paths = [links.make(voter, purpose, now=now) for purpose, _life in LIVES]

    use(Client(), paths[0])

    assert {refusal(path, now) for path in paths[1:]} == {LinkRefusalCode.CHANGED}


def test_opening_reloading_and_a_second_browser_use_nothing_up(voter, now):
    path = links.make(voter, LinkPurpose.INVITATION, now=now)
    scanner, first, second = Client(), Client(), Client()
    for browser in (scanner, first, first, second):
        assert browser.get(path, follow=True).status_code == 200

    assert use(second, path).status_code == 302
    late = first.post("/set-password/here/", TWICE)

    assert late.status_code == 410
    assert OneTimeLink.objects.get().opened_at is not None


@pytest.mark.parametrize("field", ["email", "is_staff", "is_superuser", "is_active", "password"])
def test_a_link_ends_when_the_account_changes(voter, now, field):
    path = links.make(voter, LinkPurpose.INVITATION, now=now)
    value = {"email": "x@example.org", "password": "!", "is_active": False}.get(field, True)
    setattr(voter, field, value)
    voter.save()

    assert refusal(path, now) is LinkRefusalCode.CHANGED


def test_a_link_that_a_mail_brought_outlives_the_freezing_and_an_officials_does_not(now, settings):
    settings.SECOND_OFFICIAL = True
    poll = draft_election(voters=1)
    mailed, handed = (
        links.make(poll.users[0], purpose, now=now)
        for purpose in (LinkPurpose.INVITATION, LinkPurpose.OFFICE)
    )

    freezing.freeze(poll.election, actor=poll.official, now=now)

    links.find(secret_of(mailed), ALL, now=now)
    assert refusal(handed, now) is LinkRefusalCode.CHANGED


def test_a_common_password_is_refused_and_the_link_stays(voter, now):
    browser = Client()
    path = links.make(voter, LinkPurpose.INVITATION, now=now)
    browser.get(path, follow=True)

    weak = browser.post(
        "/set-password/here/", {"new_password1": "1234567890", "new_password2": "1234567890"}
    )

    assert b"too common" in weak.content
    assert use(browser, path).status_code == 302
    voter.refresh_from_db()
    assert voter.check_password(NEW)
    assert not voter.check_password(PASSWORD)
    assert OneTimeLink.objects.get().used_at is not None
