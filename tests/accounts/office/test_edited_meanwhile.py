"""Nothing that an official saved is overwritten by another one's older page unasked."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.models import User
from accounts.office.edited_meanwhile import EditedMeanwhile
from tests.support.office_forms import opened, save
from tests.support.polls import draft_election
from voting.models import Election

pytestmark = pytest.mark.django_db
TOLD = "Somebody else has changed this"


@pytest.fixture
def chief(client):
    client.force_login(User.objects.create_superuser("chief"))
    return client


@pytest.fixture
def election():
    return draft_election().election


def address(obj):
    return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk])


def test_draft_lost_update(chief, election):
    older = opened(chief, address(election))
    save(chief, address(election), description="What A wrote")

    answer = chief.post(address(election), {**older, "title": "B's title"})

    page = answer.content.decode()
    assert TOLD in page
    assert "Description, now “What A wrote”" in page
    assert 'value="B&#x27;s title"' in page
    election.refresh_from_db()
    assert (election.title, election.description) == ("An election", "What A wrote")


def test_who_saves_again_after_being_told_overwrites_knowingly(chief, election):
    older = opened(chief, address(election))
    save(chief, address(election), description="What A wrote")
    mine = {**older, "title": "B's title", "description": "Both"}

    told = chief.post(address(election), mine).content.decode()
    seen = told.partition('name="_seen" value="')[2].partition('"')[0].replace("&quot;", '"')
    chief.post(address(election), {**mine, "_seen": seen})

    election.refresh_from_db()
    assert (election.title, election.description) == ("B's title", "Both")


def test_a_part_that_was_changed_on_its_own_page_counts_too(chief, election):
    older = opened(chief, address(election))
    save(chief, address(election.contests.get()), title="Treasurer")

    page = chief.post(address(election), {**older, "title": "B's title"}).content.decode()

    assert TOLD in page
    assert "Changed: Contests" in page
    assert Election.objects.get().title == "An election"


def test_a_choice_of_a_contest(chief, election):
    contest = election.contests.get()
    older = opened(chief, address(contest))
    save(chief, address(contest), **{"choices-0-party": "Party A"})

    page = chief.post(address(contest), {**older, "choices-1-party": "Party B"}).content.decode()

    assert TOLD in page
    assert [choice.party for choice in contest.choices.all()] == ["Party A", "", ""]


@pytest.mark.parametrize("made", ["voter", "group", "entry"])
def test_every_kind_of_form(chief, election, made):
    rows = {
        "voter": (User.objects.create_user("voter"), "first_name", "last_name"),
        "group": (Group.objects.create(name="watchers"), "name", "name"),
        "entry": (election.roll.first(), "name", "district"),
    }
    row, theirs, mine = rows[made]
    older = opened(chief, address(row))
    save(chief, address(row), **{theirs: "Theirs"})

    page = chief.post(address(row), {**older, mine: "Mine"}).content.decode()

    assert TOLD in page
    row.refresh_from_db()
    assert getattr(row, theirs) == "Theirs"


def test_a_password_that_was_set_meanwhile_is_not_shown(chief):
    voter = User.objects.create_user("voter", password="one password")
    older = opened(chief, address(voter))
    voter.set_password("another password")
    voter.first_name = "Vera"
    voter.save()

    page = chief.post(address(voter), older).content.decode()

    assert "First name, now “Vera”" in page
    assert "argon2" not in page


def test_a_form_without_the_mark_is_not_saved(chief, election):
    form = opened(chief, address(election))
    del form["_seen"]

    page = chief.post(address(election), {**form, "title": "x"}).content.decode()

    assert TOLD in page
    assert Election.objects.get().title == "An election"


def test_one_official_alone_hears_nothing_of_it(chief, election):
    first = save(chief, address(election), title="One")
    second = save(chief, address(election), title="Two")

    assert (first.status_code, second.status_code) == (302, 302)
    assert Election.objects.get().title == "Two"


@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model.__name__)
def test_no_page_of_the_office_is_without_the_guard(model):
    assert isinstance(admin.site._registry[model], EditedMeanwhile)
