"""A site is backed up while it has an election under way, and comes back on an empty host."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack

import pyrage
import pytest

from tests.support.cold_site import cold_site
from tests.support.places import BASE
from tests.support.release_database import KEYS

pytestmark = pytest.mark.slow

FILL = """
from django.contrib.sessions.models import Session
from django.utils import timezone
from biometrics.enrolment.photos import add_photo
from tests.support.people import agreeing
from tests.support.pictures import ALICE, BOB, jpeg
from tests.support.polls import open_poll
poll = open_poll()
poll.cast()
for name, colour in (("alice", ALICE), ("bob", BOB)):
    add_photo(agreeing(name), jpeg(colour), None)
Session.objects.create(session_key="k", session_data="", expire_date=timezone.now())
"""
COUNTS = """
import json
from django.contrib.sessions.models import Session
from accounts.models import AuditEvent, User
from biometrics.models import Reference, ReferencePhoto
from biometrics.storage.photos import read_photo
from voting.models import BoardEvent, CastBallot
photos = ReferencePhoto.objects.all()
print(json.dumps({
    "people": User.objects.count(),
    "ballots": CastBallot.objects.count(),
    "board": BoardEvent.objects.count(),
    "references": Reference.objects.count(),
    "photos": [len(read_photo(photo)) for photo in photos.order_by("pk")],
    "last_event": AuditEvent.objects.order_by("sequence").last().action,
    "sessions": Session.objects.count(),
}))
"""
OTHER_KEY = "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg="


class Host:
    """One host's site, and what its commands say."""

    def __init__(self, site):
        self.site = site

    def run(self, *command, **changes):
        return subprocess.run(
            [sys.executable, "manage.py", *map(str, command)],
            cwd=BASE,
            env={**self.site.environment, **changes},
            capture_output=True,
            text=True,
            check=False,
        )

    def counts(self):
        return json.loads(self.site.shell(COUNTS))


@pytest.fixture(scope="module")
def hosts():
    """Makes hosts, each with a data folder and a database of its own."""
    with ExitStack() as stack:
        yield lambda folder, database="sqlite", **settings: Host(
            stack.enter_context(cold_site(folder, database, **settings))
        )


@pytest.fixture(scope="module")
def identity(tmp_path_factory):
    made = pyrage.x25519.Identity.generate()
    file = tmp_path_factory.mktemp("identity") / "key.txt"
    file.write_text(f"# created: today\n# public key: {made.to_public()}\n{made}\n")
    return file, str(made.to_public())


def filled(host):
    host.site.manage("migrate", "--verbosity", "0")
    host.site.shell(FILL)
    return host


def backed_up(host, folder, identity):
    folder.mkdir()
    done = host.run("backup", folder, "--recipient", identity[1])
    assert done.returncode == 0, done.stderr
    (file,) = folder.iterdir()
    return file


@pytest.fixture(scope="module")
def source(hosts, tmp_path_factory):
    return filled(hosts(tmp_path_factory.mktemp("source")))


@pytest.fixture(scope="module")
def backup(source, identity, tmp_path_factory):
    return backed_up(source, tmp_path_factory.mktemp("made") / "backups", identity)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_site_comes_back_whole(database, hosts, identity, tmp_path):
    source = filled(hosts(tmp_path / "source", database))
    file = backed_up(source, tmp_path / "backups", identity)
    before, target = source.counts(), hosts(tmp_path / "target", database)
    # As the preparation of a new site leaves it: with tables, and nobody in them.
    target.site.manage("migrate", "--verbosity", "0")

    done = target.run("restore", file, "--identity", identity[0])

    assert done.returncode == 0, done.stderr
    assert "Checking the board of e" in done.stdout
    assert "Nothing is missing." in done.stdout
    after = target.counts()
    assert (before.pop("last_event"), before.pop("sessions")) == ("backup_made", 1)
    assert (after.pop("last_event"), after.pop("sessions")) == ("site_restored", 0)
    assert after == before
    assert len(after["photos"]) == 2
    assert not list(tmp_path.rglob(".restore-*"))


def test_a_back_up_tells_nothing_to_whoever_finds_it(backup):
    data = backup.read_bytes()

    assert data.startswith(b"age-encryption.org/v1")
    assert backup.stat().st_mode & 0o077 == 0
    for secret in (b"alice", b"SQLite format", b"PGDMP", KEYS["TEMPLATE_KEYS"].encode()):
        assert secret not in data


def test_the_keys_are_in_no_back_up(backup, identity):
    plain = pyrage.decrypt(backup.read_bytes(), [_secret(identity)])

    assert b"contents.json" in plain
    for key in KEYS.values():
        assert key.encode() not in plain


def _secret(identity):
    return pyrage.x25519.Identity.from_str(identity[0].read_text().splitlines()[-1])


def test_a_site_that_is_not_empty_is_left_alone(source, backup, identity):
    before = source.counts()

    done = source.run("restore", backup, "--identity", identity[0])

    assert done.returncode == 1
    assert "this site is not empty" in done.stderr
    assert source.counts() == before


def test_a_back_up_that_was_cut_off_restores_nothing(hosts, backup, identity, tmp_path):
    cut, data = tmp_path / "cut.tar.age", backup.read_bytes()
    cut.write_bytes(data[: len(data) * 2 // 3])
    target = hosts(tmp_path / "target")

    done = target.run("restore", cut, "--identity", identity[0])

    assert done.returncode == 1
    assert "broken or cut off" in done.stderr
    assert "Traceback" not in done.stderr
    # The whole one still finds an empty site.
    assert target.run("restore", backup, "--identity", identity[0]).returncode == 0


def test_what_is_missing_is_named(hosts, backup, identity, tmp_path):
    """The keys are other ones, a model is another one, and a later head was noted elsewhere."""
    models = tmp_path / "models"
    models.mkdir()
    for file in (BASE / "models").iterdir():
        (models / file.name).write_bytes(file.read_bytes())
    with (models / "centring-sface.json").open("a") as file:
        file.write("\n")
    heads = tmp_path / "heads.txt"
    heads.write_text(f"2026-11-30T10:00:00+00:00 99 {'a' * 64}\n")
    target = hosts(
        tmp_path / "target",
        TEMPLATE_KEYS=OTHER_KEY,
        MODELS_DIR=str(models),
        AUDIT_HEADS_FILE=str(heads),
    )

    done = target.run("restore", backup, "--identity", identity[0])

    assert done.returncode == 1
    assert "TEMPLATE_KEYS lacks the key" in done.stderr
    assert "centring-sface.json is another one" in done.stderr
    assert "notes event 99, which is not in the log" in done.stderr


ALTER = """
from tests.support.guarded_tables import unguarded
with unguarded() as cursor:
    cursor.execute("SELECT line FROM voting_boardevent ORDER BY seq LIMIT 1")
    (line,) = cursor.fetchone()
    cursor.execute("SELECT max(id) FROM voting_boardevent")
    (last,) = cursor.fetchone()
    cursor.execute("UPDATE voting_boardevent SET line = %s WHERE id = %s", [line, last])
    cursor.execute("UPDATE accounts_auditevent SET action = 'nothing' WHERE sequence = 2")
"""


def test_a_board_that_was_altered_is_named(hosts, identity, tmp_path):
    """Somebody with the database's password dropped the guards and wrote into the box."""
    source = filled(hosts(tmp_path / "altered"))
    source.site.shell(ALTER)
    file = backed_up(source, tmp_path / "backups", identity)

    done = hosts(tmp_path / "fresh").run("restore", file, "--identity", identity[0])

    assert done.returncode == 1
    assert "the board of e does not verify" in done.stderr
    assert "the audit log is broken: event 2" in done.stderr
