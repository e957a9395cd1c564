from __future__ import annotations

import os
import unicodedata

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.audit import Action
from accounts.models import AuditEvent, User
from biometrics.consent.agreement import has_consent
from biometrics.enrolment.encoding import encode
from biometrics.enrolment.photos import store_photo
from biometrics.models import Consent, Reference, ReferencePhoto
from biometrics.storage.references import has_reference
from tests.support.people import agreeing
from tests.support.pictures import ALICE, BOB, CROWD, drawn, encoded, jpeg
from tests.support.scripted_engine import ScriptedEngine


@pytest.fixture
def people(tmp_path):
    """A folder in the ancestor's layout, and a way to put pictures into it."""

    class People:
        root = tmp_path / "people"

        def put(self, username, data, name="1.jpg"):
            (self.root / username).mkdir(parents=True, exist_ok=True)
            (self.root / username / name).write_bytes(data)

    return People()


def exit_code_of(*arguments):
    """0 where the command returns, else the code it leaves with."""
    try:
        call_command(*arguments)
    except SystemExit as stop:
        return stop.code
    except CommandError as error:
        return error.returncode
    return 0


def test_a_folder_of_good_pictures_enrols_everybody(people, alice, bob):
    people.put("alice", jpeg(ALICE))
    people.put("alice", jpeg(ALICE, mark=1), "2.JPG")
    people.put("bob", jpeg(BOB))

    code = exit_code_of("encode_faces", str(people.root))

    assert code == 0
    assert has_reference(bob)
    assert Reference.objects.get(user=alice).photos_used == 2


def test_a_refused_picture_is_named_with_its_reason(people, alice, capsys):
    people.put("alice", jpeg(ALICE), "good.jpg")
    people.put("alice", jpeg(CROWD), "crowd.jpg")
    people.put("alice", b"hello", "text.jpg")

    code = exit_code_of("encode_faces", str(people.root))

    told = capsys.readouterr().out
    assert code == 1
    assert "alice/good.jpg: usable" in told
    assert "alice/crowd.jpg: More than one face is in the picture" in told
    assert "alice/text.jpg: Only JPEG" in told


def test_unknown_people_are_made_only_when_asked_for(people, db):
    people.put("carol", jpeg(ALICE))

    without = exit_code_of("encode_faces", str(people.root))
    nobody = User.objects.filter(username="carol").exists()
    with_option = exit_code_of(
        "encode_faces", str(people.root), "--create-voters", "--consent-on-paper"
    )

    carol = User.objects.get(username="carol")
    assert (without, nobody, with_option) == (1, False, 0)
    assert not carol.has_usable_password()
    assert has_reference(carol)


def test_nobody_is_enrolled_who_was_not_asked(people, db, capsys):
    asked = User.objects.create_user("dora")
    people.put("dora", jpeg(ALICE))

    code = exit_code_of("encode_faces", str(people.root))

    assert code == 1
    assert "dora/1.jpg: This person has not agreed to the face check yet" in capsys.readouterr().out
    assert not ReferencePhoto.objects.exists()
    assert not has_consent(asked)


def test_a_consent_that_was_signed_on_paper_is_recorded_with_the_folder(people, db):
    asked = User.objects.create_user("dora")
    people.put("dora", jpeg(ALICE))

    code = exit_code_of("encode_faces", str(people.root), "--consent-on-paper")

    consent = Consent.objects.get(user=asked)
    assert code == 0
    assert consent.on_paper
    assert AuditEvent.objects.filter(action=Action.CONSENT_ON_PAPER).count() == 1


def test_a_folder_whose_name_is_no_user_name_makes_nobody(people, db):
    people.put("<script>", jpeg(ALICE))

    code = exit_code_of("encode_faces", str(people.root), "--create-voters")

    assert code == 1
    assert not User.objects.exists()


def test_the_same_folder_twice_changes_nothing(people, alice):
    people.put("alice", jpeg(ALICE))

    first = exit_code_of("encode_faces", str(people.root))
    before = list(ReferencePhoto.objects.values_list("pk", flat=True))
    second = exit_code_of("encode_faces", str(people.root))

    assert (first, second) == (0, 0)
    assert list(ReferencePhoto.objects.values_list("pk", flat=True)) == before


@pytest.mark.parametrize("make", ["missing", "a file", "empty", "with empty folders"])
def test_a_folder_that_cannot_be_used_is_named(people, db, make, capsys):
    if make == "a file":
        people.root.write_text("x")
    if make == "empty":
        people.root.mkdir()
    if make == "with empty folders":
        (people.root / "alice").mkdir(parents=True)

    with pytest.raises(CommandError, match="people") as refusal:
        call_command("encode_faces", str(people.root))

    assert refusal.value.returncode == 2


def test_an_unreadable_folder_is_named(people, db, monkeypatch):
    people.put("alice", jpeg(ALICE))

    def refuse(folder):
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr("pathlib.Path.iterdir", refuse)

    with pytest.raises(CommandError, match="people: Permission denied") as refusal:
        call_command("encode_faces", str(people.root))

    assert refusal.value.returncode == 2


def test_an_unreadable_picture_does_not_stop_the_others(people, alice):
    people.put("alice", jpeg(ALICE), "2.jpg")
    (people.root / "alice" / "1.jpg").mkdir()

    code = exit_code_of("encode_faces", str(people.root))

    assert code == 1
    assert has_reference(alice)


def test_every_file_that_is_left_out_and_everybody_without_a_picture_is_named(
    people, alice, capsys
):
    people.put("alice", jpeg(ALICE))
    people.put("alice", encoded(drawn(ALICE, mark=1), "HEIF"), "IMG_1.HEIC")
    people.put("alice", jpeg(ALICE, mark=2), "photo.jfif")
    people.put("alice", jpeg(ALICE, mark=3), "photo")
    people.put("alice", encoded(drawn(ALICE), "BMP"), "1.bmp")
    people.put("nested/2024", jpeg(BOB))
    (people.root / "empty").mkdir()
    (people.root / "loose.jpg").write_bytes(jpeg(BOB))

    code = exit_code_of("encode_faces", str(people.root))

    told = capsys.readouterr().out
    assert code == 1
    for usable in ("1.jpg", "IMG_1.HEIC", "photo.jfif", "photo"):
        assert f"alice/{usable}: usable\n" in told
    assert "alice/1.bmp: Only JPEG, PNG, WebP and HEIC" in told
    assert "nested/2024: not read: it is a folder inside a voter's folder" in told
    assert "empty: there is no picture in this folder" in told
    assert "loose.jpg: not read: it lies in no voter's folder" in told
    assert "4 usable, 4 refused" in told
    assert "without a usable picture: empty, nested" in told


@pytest.mark.parametrize(
    "name", ["Thumbs.db", "desktop.ini", ".DS_Store", "._1.jpg", "@eaDir/1.jpg", "__MACOSX/x"]
)
def test_what_an_operating_system_leaves_behind_is_passed_over(people, alice, name, capsys):
    people.put("alice", jpeg(ALICE))
    for place in ("alice", "."):
        folder, _slash, file = f"{place}/{name}".rpartition("/")
        people.put(folder, b"x", file)

    code = exit_code_of("encode_faces", str(people.root))

    assert code == 0
    assert "1 usable, 0 refused" in capsys.readouterr().out


def test_a_voter_is_found_whichever_way_the_folder_spells_an_accent(people, db):
    zoe = agreeing(unicodedata.normalize("NFC", "zoë"))
    people.put(unicodedata.normalize("NFD", "zoë"), jpeg(ALICE))

    code = exit_code_of("encode_faces", str(people.root))

    assert code == 0
    assert has_reference(zoe)


def test_a_new_voter_has_the_name_in_its_normal_form(people, db):
    people.put(unicodedata.normalize("NFD", "zoë"), jpeg(ALICE))

    code = exit_code_of("encode_faces", str(people.root), "--create-voters", "--consent-on-paper")

    assert code == 0
    assert User.objects.get().username == unicodedata.normalize("NFC", "zoë")


def test_a_folder_whose_name_is_not_utf_8_is_named_and_the_others_are_enrolled(
    people, alice, capsys
):
    people.put("alice", jpeg(ALICE))
    people.put(os.fsdecode(b"J\xfcrgen"), jpeg(BOB), os.fsdecode(b"\xe9.jpg"))

    code = exit_code_of("encode_faces", str(people.root), "--create-voters")

    told = capsys.readouterr().out
    assert code == 1
    assert "J\\xfcrgen/\\xe9.jpg: the name of this folder is not in UTF-8" in told
    assert has_reference(alice)
    assert User.objects.count() == 1


def test_everybody_is_encoded_again_by_command(alice, settings, capsys):
    enrol(alice)
    settings.ENGINE = "tests.support.scripted_engine.NextScriptedEngine"

    code = exit_code_of("reencode_faces")

    assert code == 0
    assert "1 voters encoded again with scripted-next" in capsys.readouterr().out
    assert Reference.objects.filter(encoder="scripted-next").exists()


def test_the_next_encoder_is_prepared_by_command(alice, settings):
    enrol(alice)
    settings.ENGINE = "tests.support.scripted_engine.NextScriptedEngine"

    code = exit_code_of("reencode_faces", "--encoder", "scripted-next")

    assert code == 0
    assert Reference.objects.count() == 2
    assert ReferencePhoto.objects.get().encoder_sha256 == ScriptedEngine.encoder_sha256


def test_encoding_again_says_who_was_left_out(alice, settings):
    settings.KEEP_PHOTOS = False
    enrol(alice)
    settings.ENGINE = "tests.support.scripted_engine.NextScriptedEngine"

    assert exit_code_of("reencode_faces") == 1


def enrol(user):
    photo = store_photo(user, jpeg(ALICE), None)
    encode(photo.pk, ScriptedEngine(), now=timezone.now())
