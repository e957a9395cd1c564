"""The pages of an import: upload, progress, preview, confirmation."""

from __future__ import annotations

import re
import tempfile

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from tests.support.office_forms import save
from tests.support.whole_login import WholeLoginClient
from voting.models import RollImport, VoterRollEntry, WorkState
from voting.roll import imports

UPLOAD = "/admin/voting/voterrollentry/import/"


def official_with_permissions(name, settings):
    settings.OFFICIAL_SECOND_FACTOR = "none"
    user = User.objects.create_user(name, is_staff=True)
    codes = ("add_voterrollentry", "view_voterrollentry", "change_voterrollentry")
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    client = WholeLoginClient()
    client.force_login(user)
    return client


@pytest.fixture
def registrar(db, settings, tasks_at_once):
    return official_with_permissions("registrar", settings)


@pytest.fixture
def upload(registrar, django_capture_on_commit_callbacks):
    """Sends a file; the worker is at once. The page to which the official is led."""

    def send(election, data, **form):
        file = SimpleUploadedFile("roll.csv", data)
        sent = {"election": election.pk, "import_file": file, **form}
        with django_capture_on_commit_callbacks(execute=True):
            answer = registrar.post(UPLOAD, sent)
        page = registrar.get(answer["Location"]) if answer.status_code == 302 else answer
        return page.content.decode()

    return send


@pytest.fixture
def confirm(django_capture_on_commit_callbacks):
    def send(client, **form):
        stored = RollImport.objects.latest("pk")
        with django_capture_on_commit_callbacks(execute=True):
            page = client.post(
                reverse("admin:voting_voterrollentry_preview", args=[stored.pk]), form
            )
        return client.get(page["Location"]).content.decode()

    return send


def test_a_roll_with_errors_is_shown_with_their_places_and_not_imported(draft, upload):
    page = upload(draft.election, b"voter_number,name\n7,\n")

    assert "Line 2, column 2" in page
    assert "Nothing was imported" in page
    assert draft.election.roll.count() == 2


def test_a_file_that_is_no_roll_is_refused_on_the_page_of_its_upload(draft, upload):
    page = upload(draft.election, b"voter_number,shoe\n7,8\n")

    assert "Line 1, column 2" in page
    assert not RollImport.objects.exists()


def test_a_roll_is_shown_before_it_is_imported(draft, upload):
    page = upload(draft.election, b"voter_number,name\n7,Seven\n")

    assert "Seven" in page
    assert "Import all of it" in page
    assert draft.election.roll.count() == 2


def test_three_thousand_rows_are_previewed_by_their_numbers_and_then_imported(
    draft, registrar, upload, confirm
):
    rows = b"".join(b"R%d,Name %d\n" % (number, number) for number in range(3000))

    page = upload(draft.election, b"voter_number,name\n" + rows)
    assert "3000 new, 0 changed, 0 as they are." in page
    assert page.count('<tr class="new">') == 100
    assert draft.election.roll.count() == 2

    assert "3000 new, 0 changed" in confirm(registrar)
    assert draft.election.roll.count() == 3002


def test_what_would_change_is_shown_beside_what_stands_there_now(draft, upload):
    page = upload(draft.election, b"voter_number,name,date_of_birth\nN0,Renamed,\n")

    assert "<del>Voter 0</del>" in page
    assert "<ins>Renamed</ins>" in page
    assert "would become empty" in page
    assert "required" in re.findall(r"<input[^>]*doubts_accepted[^>]*>", page)[0]


def test_doubts_are_not_passed_over(draft, registrar, upload, confirm):
    upload(draft.election, b"voter_number,name\n0101,Jo\n0102,Al\n103,Ed\n")

    refused = confirm(registrar)
    assert "Import all of it" in refused
    assert draft.election.roll.count() == 2

    assert "3 new" in confirm(registrar, doubts_accepted="yes")


def test_an_import_confirmed_twice_is_imported_once(draft, registrar, upload, confirm):
    upload(draft.election, b"voter_number,name\n7,Seven\n")

    first, second = confirm(registrar), confirm(registrar)

    assert "1 new, 0 changed" in first
    assert "1 new, 0 changed" in second
    assert draft.election.roll.count() == 3


def test_a_preview_that_is_no_longer_kept_is_not_found(draft, registrar, upload, now):
    upload(draft.election, b"voter_number,name\n7,Seven\n")
    pk = RollImport.objects.get().pk
    imports.forget_old(now=now + 2 * imports.KEPT)

    assert registrar.get(f"{UPLOAD}{pk}/").status_code == 404


def test_an_import_that_no_longer_fits_says_that_nothing_was_imported(
    draft, registrar, upload, confirm
):
    account = User.objects.create_user("seven")
    upload(draft.election, b"voter_number,name,username\n7,Seven,seven\n8,Eight,\n")
    account.delete()

    answer = confirm(registrar)

    assert "Nothing was imported" in answer
    assert draft.election.roll.count() == 2


def test_every_wrong_account_is_named_with_its_line(draft, upload):
    rows = b"".join(b"R%d,Name,nobody%d\n" % (number, number) for number in range(300))

    page = upload(draft.election, b"voter_number,name,username\n" + rows)

    assert "Line 2, column 3" in page
    assert "Line 201, column 3" in page
    assert "300 lines are wrong" in page
    assert "Import all of it" not in page


def test_a_preview_leaves_no_names_in_the_temporary_folder(draft, upload, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    upload(draft.election, b"voter_number,name\n7,Seven\n")

    assert not list(tmp_path.iterdir())


def test_a_preview_is_shown_to_nobody_else_and_kept_by_no_browser(
    draft, upload, registrar, settings
):
    upload(draft.election, b"voter_number,name\n7,Seven\n")
    address = f"{UPLOAD}{RollImport.objects.get().pk}/"
    other = official_with_permissions("other", settings)

    assert other.get(address).status_code == 404
    assert other.post(address).status_code == 404
    assert other.get(f"{address}progress/").status_code == 404
    assert "no-store" in registrar.get(address)["Cache-Control"]


@pytest.mark.parametrize("path", ["", "1/", "1/progress/"])
def test_an_official_who_may_not_add_voters_imports_none(draft, client, settings, path):
    settings.OFFICIAL_SECOND_FACTOR = "none"
    user = User.objects.create_user("clerk", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_voterrollentry"))
    client.force_login(user)

    assert client.get(UPLOAD + path).status_code == 403
    assert client.post(UPLOAD + path).status_code == 403


def test_the_page_is_told_how_far_the_worker_is(draft, registrar, upload):
    upload(draft.election, b"voter_number,name\n7,Seven\n")
    RollImport.objects.update(state=WorkState.WRITING, done=50, total=120)
    address = f"{UPLOAD}{RollImport.objects.get().pk}/"

    page, told = registrar.get(address).content.decode(), registrar.get(f"{address}progress/")

    assert 'max="120" value="50"' in page
    assert told.json() == {
        "state": "writing",
        "progress": {
            "words": "50 of 120 voters written",
            "done": 50,
            "total": 120,
            "is_running": True,
        },
    }


def test_the_roll_is_not_edited_while_it_is_imported_into(draft, registrar, upload):
    upload(draft.election, b"voter_number,name\n7,Seven\n")
    RollImport.objects.update(state=WorkState.WRITING)
    entry = draft.election.roll.first()
    form = {"election": draft.election.pk, "name": "New", "voter_number": "N0"}

    page = registrar.post(f"/admin/voting/voterrollentry/{entry.pk}/change/", form)

    assert "being imported" in page.content.decode()
    assert not VoterRollEntry.objects.filter(name="New").exists()


def test_an_import_that_begins_while_a_form_is_saved_is_not_disturbed(
    draft, registrar, upload, monkeypatch
):
    upload(draft.election, b"voter_number,name\n7,Seven\n")
    entry = draft.election.roll.first()
    # The form has been checked, and then the import begins.
    monkeypatch.setattr("voting.admin.forms.RollEntryForm.clean", lambda form: form.cleaned_data)
    RollImport.objects.update(state=WorkState.WRITING)

    page = save(registrar, f"/admin/voting/voterrollentry/{entry.pk}/change/", name="New")

    assert page.status_code == 403
    assert not VoterRollEntry.objects.filter(name="New").exists()
