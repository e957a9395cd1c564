from __future__ import annotations

import io
import re
import tempfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import AuditEvent
from tests.support.office_forms import save
from voting.elections.pictures import PictureRefused, reencode
from voting.models import CastBallot, ChoicePicture, Election, RollChange, State


@pytest.fixture
def official(client, monkeypatch, django_user_model):
    """The second factor is tested with the accounts; here the door of the admin stands open."""
    from django.contrib import admin

    user = django_user_model.objects.create_superuser("chief")
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    monkeypatch.setattr(admin.site, "has_permission", lambda request: request.user.is_staff)
    return client


def step(client, election, name):
    return client.post(f"/admin/voting/election/{election.pk}/step/{name}/", follow=True)


def test_an_official_takes_an_election_from_draft_to_open(draft, official):
    for name in ("freeze", "open"):
        page = official.get(f"/admin/voting/election/{draft.election.pk}/step/{name}/")
        assert page.status_code == 200
        step(official, draft.election, name)

    draft.election.refresh_from_db()
    assert draft.election.state == State.OPEN


def test_a_step_that_does_not_come_next_is_refused_with_a_reason(draft, official):
    page = step(official, draft.election, "close")

    assert "does not come next" in page.content.decode()
    draft.election.refresh_from_db()
    assert draft.election.state == State.DRAFT


def test_a_frozen_election_is_shown_and_not_edited(poll, official):
    url = f"/admin/voting/election/{poll.election.pk}/change/"

    page = official.get(url)
    posted = official.post(url, {"title": "x"})

    assert "can not be edited" in page.content.decode()
    assert posted.status_code == 403
    assert Election.objects.get().title == "An election"


def test_ballots_are_not_deleted_in_the_admin(poll, official):
    poll.cast()
    ballot = CastBallot.objects.get()

    answer = official.post(f"/admin/voting/castballot/{ballot.pk}/delete/", {"post": "yes"})

    assert answer.status_code == 403
    assert CastBallot.objects.exists()


def roll_form(official, election, data):
    file = SimpleUploadedFile("roll.csv", data)
    form = {"election": election.pk, "format": "0", "import_file": file}
    return official.post("/admin/voting/voterrollentry/import/", form).content.decode()


def test_a_roll_with_errors_is_shown_with_their_places_and_not_imported(draft, official):
    page = roll_form(official, draft.election, b"voter_number,name\n7,\n")

    assert "Line 2, column 2" in page
    assert draft.election.roll.count() == 2


def test_a_roll_is_shown_before_it_is_imported(draft, official):
    page = roll_form(official, draft.election, b"voter_number,name\n7,Seven\n")

    assert "Seven" in page
    assert "Import all of it" in page
    assert draft.election.roll.count() == 2


def test_three_thousand_rows_are_previewed_by_their_numbers_and_then_imported(draft, official):
    rows = b"".join(b"R%d,Name %d\n" % (number, number) for number in range(3000))

    page = roll_form(official, draft.election, b"voter_number,name\n" + rows)
    assert "3000 new, 0 changed, 0 as they are." in page
    assert page.count('<tr class="new">') == 100
    assert draft.election.roll.count() == 2

    confirmed(official, page)

    assert draft.election.roll.count() == 3002


def confirmed(official, page):
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    url = "/admin/voting/voterrollentry/process_import/"
    return official.post(url, hidden, follow=True).content.decode()


def test_an_import_confirmed_twice_or_too_late_asks_for_the_file_again(draft, official):
    page = roll_form(official, draft.election, b"voter_number,name\n7,Seven\n")

    first, second = confirmed(official, page), confirmed(official, page)

    assert "1 new, 0 changed" in first
    assert "no longer kept" in second
    assert draft.election.roll.count() == 3


def test_an_import_that_no_longer_fits_says_that_nothing_was_imported(
    draft, official, django_user_model
):
    account = django_user_model.objects.create_user("seven")
    data = b"voter_number,name,username\n7,Seven,seven\n8,Eight,\n"
    page = roll_form(official, draft.election, data)
    account.delete()

    answer = confirmed(official, page)

    assert "Nothing was imported" in answer
    assert draft.election.roll.count() == 2


def test_every_wrong_account_is_named_with_its_line(draft, official):
    rows = b"".join(b"R%d,Name,nobody%d\n" % (number, number) for number in range(300))

    page = roll_form(official, draft.election, b"voter_number,name,username\n" + rows)

    assert "Line 2, column “username”" in page
    assert "Line 201, column “username”" in page
    assert "300 lines are wrong" in page
    assert "Import all of it" not in page


def propose(official, election, **text):
    form = {"election": election.pk, "reason": "moved here", **text}
    page = official.post("/admin/voting/rollchange/add/", form, follow=True)
    return page.content.decode()


def test_a_change_to_an_open_roll_is_written_like_a_rolls_file(poll, official, django_user_model):
    django_user_model.objects.create_user("late")
    text = "voter_number,name,date_of_birth,username\nL1,Late Voter,1980-01-02,late\n"

    propose(official, poll.election, add=text, remove="N1\n")

    change = RollChange.objects.get()
    assert change.remove == ["N1"]
    shown = official.get(f"/admin/voting/rollchange/{change.pk}/change/").content.decode()
    assert "L1 · Late Voter · late · 1980-01-02" in shown
    assert "N1" in shown


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ({"add": "voter_number,name\nL1,\n"}, "Line 2, column 2"),
        ({"add": "voter_number,name,email\nL1,A,a@example.org\n"}, "not by an e-mail"),
        ({"add": "voter_number,name,username\nL1,A,nobody\n"}, "no account of this name"),
        ({"remove": "N7"}, "not on the roll"),
        ({}, "Name voters to add or to remove"),
    ],
)
def test_a_change_to_an_open_roll_that_cannot_be_is_refused_in_words(poll, official, text, words):
    page = propose(official, poll.election, **text)

    assert words in page
    assert not RollChange.objects.exists()


def test_a_preview_leaves_no_names_in_the_temporary_folder(draft, official, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    roll_form(official, draft.election, b"voter_number,name\n7,Seven\n")

    assert not list(tmp_path.iterdir())


def test_an_edit_by_an_official_is_in_the_audit_log(draft, official):
    entry = draft.election.roll.first()

    save(official, f"/admin/voting/voterrollentry/{entry.pk}/change/", name="New")

    event = AuditEvent.objects.latest("sequence")
    assert event.action == "election_changed"
    assert event.subject == f"election:{draft.election.pk}"


def test_a_picture_is_kept_small_and_without_metadata(draft, official):
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    Image.new("RGB", (1600, 900)).save(buffer, "JPEG", exif=exif)

    webp = reencode(buffer.getvalue())

    assert b"a secret place" not in webp
    assert max(Image.open(io.BytesIO(webp)).size) == 480
    assert not ChoicePicture.objects.exists()


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg/>", b"\xff\xd8\xff" + b"\0" * 500])
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(PictureRefused):
        reencode(data)
