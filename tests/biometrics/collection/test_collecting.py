"""Operators collect labelled pictures from the browser's camera: with permission and consent."""

from __future__ import annotations

import csv
import errno
import os
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.audit import Action
from accounts.models import AuditEvent, User
from biometrics.collection.labelled_pictures import LabelledPicture
from tests.support.pictures import ALICE, NOBODY, drawn, encoded, jpeg
from tests.support.whole_login import WholeLoginClient

pytestmark = pytest.mark.django_db
LABELS = {
    "label": "real",
    "species": "",
    "subject": "ann",
    "device": "front desk",
    "split": "train",
    "agreed": "on",
}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.OFFICIAL_SECOND_FACTOR = "none"
    settings.LIVENESS_DATA_DIR = tmp_path / "liveness"
    return settings.LIVENESS_DATA_DIR


@pytest.fixture
def operator():
    user = User.objects.create_user("olga", password="a long enough password", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="collect_livenessframe"))
    return user


@pytest.fixture
def browser(operator):
    client = WholeLoginClient()
    client.force_login(operator)
    return client


@pytest.fixture
def face(portraits):
    return portraits["obama"][0].read()


def send(browser, picture, **changes):
    photo = SimpleUploadedFile("frame.jpg", picture, "image/jpeg")
    return browser.post(
        reverse("biometrics:collect-picture"), {**LABELS, **changes, "photo": photo}
    )


@pytest.mark.django_db(transaction=True)
def test_a_face_is_kept_with_its_labels_and_only_once(unguarded_after, browser, folder, face):
    first, second = send(browser, face), send(browser, face)

    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert [first.json()["taken"], second.json()["taken"]] == ["kept", "known"]
    assert (row["label"], row["subject"], row["source"]) == ("bona_fide", "ann", "front desk")
    assert (folder / row["file"]).is_file()
    assert AuditEvent.objects.filter(action=Action.LIVENESS_PICTURE_KEPT).count() == 1


def test_nobody_is_in_both_halves(browser, face):
    send(browser, face)

    answer = send(browser, face, split="test")

    assert answer.status_code == 400
    assert "cannot be in test too" in answer.json()["error"]


def test_a_picture_without_a_face_is_not_kept(browser, folder):
    answer = send(browser, encoded(drawn(NOBODY)))

    assert answer.json()["taken"] == "no_face"
    assert not list(folder.glob("*"))


@pytest.mark.parametrize(
    "changes",
    [
        {"agreed": ""},
        {"subject": "../../ann"},
        {"subject": ""},
        {"label": "fake"},
        {"species": "print"},
        {"split": "both"},
    ],
)
def test_without_consent_or_with_labels_that_contradict_nothing_is_kept(browser, folder, changes):
    answer = send(browser, encoded(drawn(NOBODY)), **changes)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert not folder.exists()


def test_bytes_that_are_no_picture_are_named(browser):
    assert send(browser, b"not a picture").json()["taken"] == "unreadable"


def test_only_who_was_given_the_permission_collects(operator, browser, folder):
    operator.user_permissions.clear()
    page = reverse("admin:biometrics_enrolment_collect")

    answers = [browser.get(page), send(browser, encoded(drawn(NOBODY)))]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert not folder.exists()


def test_the_page_says_what_is_kept_and_asks_for_consent(browser):
    page = browser.get(reverse("admin:biometrics_enrolment_collect")).content.decode()

    assert "has agreed that the pictures are kept on this server, unencrypted" in page
    assert reverse("biometrics:collect-picture") in page


@pytest.mark.parametrize("ending", [".partial.jpg", ".partial.csv"])
def test_a_picture_is_kept_with_its_line_or_not_at_all(ending, browser, folder, monkeypatch):
    """The disk is full while one of the two files is written."""
    really = Path.write_bytes

    def full(path, data):
        if path.name.endswith(ending):
            really(path, data[: len(data) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return really(path, data)

    pictures = [LabelledPicture("ann-0.jpg", b"a picture")]
    monkeypatch.setattr("biometrics.collection.pictures._finder", lambda: None)
    monkeypatch.setattr(
        "biometrics.collection.labelled_pictures.pictures_to_keep", lambda *_, **__: pictures
    )
    monkeypatch.setattr(Path, "write_bytes", full)

    answer = send(browser, jpeg(ALICE))

    assert answer.status_code == 507
    assert answer.json() == {"error": "There is no room left on the server; nothing was stored."}
    assert list(folder.iterdir()) == []
    assert not AuditEvent.objects.filter(action=Action.LIVENESS_PICTURE_KEPT).exists()
