from __future__ import annotations

import io

import pytest
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


def test_an_official_takes_an_election_from_draft_to_open(
    draft, official, tasks_at_once, django_capture_on_commit_callbacks
):
    for name in ("freeze", "open"):
        page = official.get(f"/admin/voting/election/{draft.election.pk}/step/{name}/")
        assert page.status_code == 200
        with django_capture_on_commit_callbacks(execute=True):
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
