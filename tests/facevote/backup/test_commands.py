"""What the commands of back-ups refuse, and what they leave behind."""

from __future__ import annotations

import datetime as dt
import io
import re

import pyrage
import pytest
from django.core.management import CommandError, call_command

from facevote.backup import making, retention, site_keys
from tests.support import full_disk

PASSPHRASE = "four words and a few more"
pytestmark = pytest.mark.django_db


@pytest.fixture
def identity():
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def recipient(identity):
    return str(identity.to_public())


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.PHOTOS_DIR = tmp_path / "photos"
    settings.AUDIT_HEADS_FILE = tmp_path / "heads.txt"


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "backups"
    made.mkdir()
    return made


@pytest.fixture
def words(tmp_path):
    file = tmp_path / "words.txt"
    file.write_text(f"{PASSPHRASE}\n")
    return file


def refusal(*command, **options):
    with pytest.raises(CommandError) as caught:
        call_command(*command, **options)
    return str(caught.value)


def test_nothing_is_written_in_the_clear(folder):
    assert "nothing is written in the clear" in refusal("backup", folder)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("recipient", ["age1xyz", "ssh-ed25519 AAAA", ""])
def test_a_recipient_that_is_none_is_named(folder, recipient):
    with pytest.raises(CommandError):
        call_command("backup", folder, recipient=[recipient])

    assert list(folder.iterdir()) == []


def test_a_short_passphrase_is_refused(folder, tmp_path):
    file = tmp_path / "short.txt"
    file.write_text("secret\n")

    assert "fewer than 16 characters" in refusal("backup", folder, passphrase_file=file)


def test_a_folder_that_is_missing_is_named(tmp_path, recipient):
    missing = tmp_path / "nowhere"

    assert str(missing) in refusal("backup", missing, recipient=[recipient])


def test_a_full_disk_leaves_no_half_back_up(folder, recipient):
    said = full_disk.refused("backup", str(folder), recipient=[recipient])

    # SQLite is copied beside itself first; PostgreSQL's dump goes straight into the file.
    assert re.search("disk I/O error|File too large", said)
    assert list(folder.iterdir()) == []


def test_a_passphrase_opens_what_age_opens(folder, words):
    call_command("backup", folder, passphrase_file=words, stdout=io.StringIO())

    backup, identity = sorted(folder.iterdir(), key=lambda path: len(path.name))
    assert identity.name == f"{backup.name}.identity.age"
    secret = pyrage.passphrase.decrypt(identity.read_bytes(), PASSPHRASE).decode()
    key = pyrage.x25519.Identity.from_str(secret)
    assert b"contents.json" in pyrage.decrypt(backup.read_bytes(), [key])


def test_a_failed_back_up_leaves_no_identity(folder, words):
    full_disk.refused("backup", str(folder), passphrase_file=words)

    assert list(folder.iterdir()) == []


def test_the_newest_are_kept(folder, recipient):
    old = [f"facevote-202601{day:02d}T000000Z.tar.age" for day in range(1, 5)]
    for name in [*old, "facevote-notes.txt", f"{old[0]}.identity.age"]:
        (folder / name).write_text("x")

    call_command("backup", folder, recipient=[recipient], keep=3, stdout=io.StringIO())

    kept = sorted(path.name for path in folder.iterdir())
    assert kept[:2] == old[2:]
    assert retention.NAME.fullmatch(kept[2])
    assert kept[3:] == ["facevote-notes.txt"]


def test_all_are_kept_where_the_new_one_fails(folder, recipient):
    (folder / "facevote-20260101T000000Z.tar.age").write_text("x")

    full_disk.refused("backup", str(folder), recipient=[recipient], keep=1)

    assert [path.name for path in folder.iterdir()] == ["facevote-20260101T000000Z.tar.age"]


def test_names_sort_by_time():
    zone = dt.timezone(dt.timedelta(hours=5))
    moment = dt.datetime(2026, 11, 30, 3, 0, 0, tzinfo=zone)

    assert retention.name_at(moment) == "facevote-20261129T220000Z.tar.age"


def test_the_keys_have_a_file_of_their_own(tmp_path, recipient, identity, settings, capsys):
    file = tmp_path / "keys.age"

    call_command("backup", tmp_path, keys=file, recipient=[recipient], stdout=io.StringIO())

    assert file.stat().st_mode & 0o077 == 0
    plain = pyrage.decrypt(file.read_bytes(), [identity]).decode()
    assert f"SECRET_KEY={settings.SECRET_KEY}\n" in plain
    assert f"TEMPLATE_KEYS={','.join(settings.TEMPLATE_KEYS)}\n" in plain


def test_the_keys_are_read_with_the_passphrase(tmp_path, words):
    file = tmp_path / "keys.age"
    call_command("backup", tmp_path, keys=file, passphrase_file=words, stdout=io.StringIO())

    assert site_keys.read(file, identity=None, passphrase=words) == site_keys.lines()


def test_no_file_of_keys_is_written_over(tmp_path, recipient):
    file = tmp_path / "keys.age"
    file.write_text("older keys")

    assert "is there already" in refusal("backup", tmp_path, keys=file, recipient=[recipient])
    assert file.read_text() == "older keys"


def test_a_back_up_for_somebody_else_is_named(folder, recipient, tmp_path):
    call_command("backup", folder, recipient=[recipient], stdout=io.StringIO())
    (file,) = folder.iterdir()
    other = tmp_path / "other.txt"
    other.write_text(f"{pyrage.x25519.Identity.generate()}\n")

    assert re.search("another key|not empty", refusal("restore", file, identity=other))


def test_an_erased_photo_does_not_stop_a_back_up(folder, recipient, monkeypatch):
    monkeypatch.setattr(making, "stored_names", lambda: iter(["ab" * 16 + ".photo"]))
    said = io.StringIO()

    call_command("backup", folder, recipient=[recipient], stdout=said)

    assert " 0 photos" in said.getvalue()
