"""times-without-zone: beside every time stands its zone, and no date brings a form down."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as site_settings
from django.utils import formats, timezone, translation

from accounts.models import User
from tests.support.office_forms import opened
from tests.support.polls import draft_election, open_poll
from voting.models import Election

pytestmark = pytest.mark.django_db
CLOSES = dt.datetime(2099, 12, 1, 3, 45, tzinfo=dt.UTC)
SHOWN = "1 December 2099, 04:45 CET"


@pytest.fixture(autouse=True)
def berlin(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    with timezone.override(ZoneInfo("Europe/Berlin")):
        yield


@pytest.fixture
def chief(client):
    client.force_login(User.objects.create_superuser("chief"))
    return client


def test_voters_see_the_zone(client):
    poll = open_poll(closes_at=CLOSES)
    client.force_login(poll.users[0])

    for path in ("/elections/e/", "/elections/"):
        assert SHOWN in client.get(path).content.decode(), path


def test_officials_see_the_zone_in_the_list_and_in_the_frozen_election(chief):
    poll = open_poll(closes_at=CLOSES)

    for path in ("", f"{poll.election.pk}/change/", f"{poll.election.pk}/step/close/"):
        assert SHOWN in chief.get(f"/admin/voting/election/{path}").content.decode(), path


def test_the_form_of_a_draft_names_the_zone_in_which_times_are_entered(chief):
    election = draft_election().election

    page = chief.get(f"/admin/voting/election/{election.pk}/change/").content.decode()

    assert page.count("Times of the zone Europe/Berlin.") == 2


def test_the_audit_log_names_the_zone(chief):
    open_poll()

    page = chief.get("/admin/accounts/auditevent/").content.decode()

    assert " CET</td>" in page or " CEST</td>" in page


@pytest.mark.parametrize("language", [code for code, _name in site_settings.LANGUAGES])
def test_every_language_writes_the_zone(language):
    with translation.override(language):
        for kind in ("DATETIME_FORMAT", "SHORT_DATETIME_FORMAT"):
            assert formats.date_format(timezone.localtime(CLOSES), kind).endswith("CET")


@pytest.mark.parametrize("date", ["0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31"])
@pytest.mark.parametrize("field", ["opens_at", "closes_at"])
def test_a_date_out_of_range_is_refused_in_words(chief, field, date):
    election = draft_election().election
    address = f"/admin/voting/election/{election.pk}/change/"
    form = {**opened(chief, address), f"{field}_0": date, f"{field}_1": "00:00"}

    answer = chief.post(address, form)

    assert answer.status_code == 200
    assert "Enter a valid date" in answer.content.decode()
    assert getattr(Election.objects.get(), field) is None


@pytest.mark.parametrize("year", ["0", "1", "9999", "10000", "99999999999"])
def test_no_year_in_an_address_brings_the_lists_of_the_office_down(chief, year):
    open_poll()

    for address in ("accounts/auditevent/?at", "biometrics/verificationsession/?created_at"):
        answer = chief.get(f"/admin/{address}__year={year}", follow=True)
        assert answer.status_code < 500
