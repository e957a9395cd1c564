"""A database of the last release opens, and its election goes on."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.cold_site import cold_site
from tests.support.release_database import KEYS

pytestmark = pytest.mark.slow

RELEASES = sorted(Path(__file__).parent.glob("release-*.sql.gz"))
GO_ON = """
from django.utils import timezone
from tests.support.people import ScriptedEngine
from tests.support.polls import Poll
from accounts.audit import verify_chain
from accounts.models import User
from biometrics.storage.references import reference_for
from voting.models import CastBallot, Election
election = Election.objects.get(slug="e")
users = [entry.user for entry in election.roll.order_by("pk")]
poll = Poll(election, User.objects.get(username="e-official"), users)
poll.cast(1)
reference_for(users[0], ScriptedEngine().encoder_sha256)
assert CastBallot.objects.filter(election=election).count() == 2
assert verify_chain().ok
print("went on")
"""


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name)
def test_a_database_of_a_release_opens_and_goes_on(release, tmp_path):
    with closing(sqlite3.connect(tmp_path / "facevote.sqlite3")) as database:
        database.executescript(gzip.decompress(release.read_bytes()).decode())
    with cold_site(tmp_path, **KEYS) as site:
        site.manage("migrate", "--verbosity", "0")

        said = site.shell(GO_ON)

        assert said.strip() == "went on"


def test_there_is_a_release_to_upgrade_from():
    assert RELEASES
