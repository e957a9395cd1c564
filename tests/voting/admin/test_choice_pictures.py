"""Pictures of choices: many in one form, kept when it is refused, as telephones write them."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import User
from tests.support.office_forms import opened, save
from tests.support.polls import draft_election
from voting.elections.pictures import PictureRefused, reencode
from voting.models import Choice, ChoicePicture, Contest

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(client):
    client.force_login(User.objects.create_superuser("chief"))
    return client


def picture(colour="teal", size=(40, 30), form="PNG"):
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, form)
    return data.getvalue()


def file(data, name="logo.png"):
    return SimpleUploadedFile(name, data)


def contest_form(election, choices):
    form = {
        "election": election.pk,
        "title": "Council",
        "kind": "one",
        "min_selections": 1,
        "max_selections": 1,
        "order": 1,
        "choices-TOTAL_FORMS": choices,
        "choices-INITIAL_FORMS": 0,
    }
    for number in range(choices):
        form[f"choices-{number}-name"] = f"Candidate {number}"
        form[f"choices-{number}-order"] = number
    return form


def is_red(taken):
    red, green, blue = np.asarray(taken.convert("RGB")).reshape(-1, 3).mean(0)
    return red > 200 > 60 > max(green, blue)


def as_a_browser_sends(form):
    """With an empty part for each file field in which nothing was chosen, as only browsers do."""
    parts = []
    for name, value in form.items():
        is_file = isinstance(value, bytes)
        file_name = ("; filename=" + ('"logo.png"' if value else '""')) if is_file else ""
        head = f'--edge\r\nContent-Disposition: form-data; name="{name}"{file_name}\r\n\r\n'
        parts.append(head.encode() + (value if is_file else str(value).encode()) + b"\r\n")
    return b"".join(parts) + b"--edge--\r\n"


@pytest.mark.parametrize(("choices", "pictures"), [(11, 2), (21, 1), (230, 0), (400, 0)])
def test_contest_many_pictures(chief, choices, pictures):
    form = contest_form(draft_election().election, choices)
    for number in range(choices):
        for place, role in enumerate(("logo", "photo")):
            form[f"choices-{number}-{role}"] = picture() if place < pictures else b""

    answer = chief.post(
        "/admin/voting/contest/add/",
        as_a_browser_sends(form),
        content_type="multipart/form-data; boundary=edge",
    )

    assert answer.status_code == 302
    assert Choice.objects.filter(contest__title="Council").count() == choices
    assert ChoicePicture.objects.count() == choices * pictures


def test_one_bad_picture_empties_no_other_field(chief):
    form = contest_form(draft_election().election, 3)
    good = [file(picture("red")), file(picture("blue"))]
    form |= {"choices-0-logo": good[0], "choices-1-photo": good[1], "choices-2-logo": file(b"no")}

    page = chief.post("/admin/voting/contest/add/", form).content.decode()

    assert "This is not a JPEG" in page
    assert 'value="Candidate 1"' in page
    kept = dict(re.findall(r'name="(choices-\d-\w+_kept)" value="([^"]+)"', page))
    assert sorted(kept) == ["choices-0-logo_kept", "choices-1-photo_kept"]
    for role in ("choices-0-logo", "choices-1-photo", "choices-2-logo"):
        del form[role]
    answer = chief.post("/admin/voting/contest/add/", {**form, **kept})
    assert answer.status_code == 302
    stored = {
        (stored.choice.name, stored.role): Image.open(io.BytesIO(stored.webp)).convert("RGB")
        for stored in ChoicePicture.objects.select_related("choice")
    }
    assert sorted(stored) == [("Candidate 0", "logo"), ("Candidate 1", "photo")]
    assert is_red(stored["Candidate 0", "logo"])


def test_a_kept_picture_lasts_through_a_second_refusal(chief):
    form = contest_form(draft_election().election, 2)
    form |= {"choices-0-logo": file(picture()), "choices-1-name": ""}
    first = chief.post("/admin/voting/contest/add/", form).content.decode()
    (token,) = re.findall(r'name="choices-0-logo_kept" value="([^"]+)"', first)
    del form["choices-0-logo"]

    second = chief.post("/admin/voting/contest/add/", {**form, "choices-0-logo_kept": token})

    assert f'name="choices-0-logo_kept" value="{token}"' in second.content.decode()


def test_a_picture_that_is_no_longer_kept_is_asked_for_again(chief):
    form = contest_form(draft_election().election, 2)

    page = chief.post("/admin/voting/contest/add/", {**form, "choices-0-logo_kept": "gone"})

    assert "no longer kept" in page.content.decode()
    assert not Contest.objects.filter(title="Council").exists()


def test_a_picture_stays_when_the_form_is_saved_without_a_new_one(chief):
    contest = draft_election().election.contests.get()
    address = f"/admin/voting/contest/{contest.pk}/change/"
    save(chief, address, **{"choices-0-logo": file(picture())})

    save(chief, address, title="Another title")

    assert ChoicePicture.objects.get().choice.name == "Ada"
    assert opened(chief, address)["title"] == "Another title"


def test_a_telephones_picture_with_a_second_one_behind_it_is_taken():
    data = io.BytesIO()
    first, second = Image.new("RGB", (40, 30), "red"), Image.new("RGB", (20, 15), "blue")
    first.save(data, "MPO", save_all=True, append_images=[second])

    taken = Image.open(io.BytesIO(reencode(data.getvalue())))

    assert taken.size == (40, 30)
    assert is_red(taken)


def test_grey_of_sixteen_bits_keeps_its_shades():
    shades = np.full((20, 40), 2000, np.uint16)
    shades[:, 20:] = 30000
    data = io.BytesIO()
    Image.fromarray(shades).save(data, "PNG")

    taken = Image.open(io.BytesIO(reencode(data.getvalue()))).convert("RGB")

    assert taken.getpixel((5, 10)) == pytest.approx((8, 8, 8), abs=3)
    assert taken.getpixel((34, 10)) == pytest.approx((117, 117, 117), abs=3)


def test_a_moving_picture_is_still_refused():
    data = io.BytesIO()
    Image.new("RGB", (8, 8)).save(
        data, "WEBP", save_all=True, append_images=[Image.new("RGB", (8, 8), "red")]
    )

    with pytest.raises(PictureRefused):
        reencode(data.getvalue())
