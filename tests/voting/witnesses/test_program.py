"""The witness's own program, against the site as it answers over HTTP."""

from __future__ import annotations

from tests.voting.witnesses.conftest import watch_election
from verifier.rules.group import base, random_scalar
from verifier.witnessing.record import Record
from verifier.witnessing.watch import Watch
from voting.models import BoardEvent


def test_the_witnesss_program_signs_the_board_of_the_site(unguarded_after, live_server, tmp_path):
    watched = watch_election()
    alarms: list[str] = []
    slug = watched.poll.election.slug
    watch = Watch(
        f"{live_server.url}/elections/{slug}/",
        Record(tmp_path / "witness"),
        secret=watched.secrets[0],
        peers=[f"{live_server.url}/elections/{slug}/heads.jsonl"],
        scripts={},
        fingerprint=watched.poll.election.fingerprint,
        alarm=alarms.append,
    )

    watch.look()
    watched.poll.cast()
    watch.look()
    watch.look()

    assert alarms == []
    statements = BoardEvent.objects.filter(election=watched.poll.election, kind="witness")
    assert statements.count() == 2


def test_a_stranger_signs_nothing_and_is_told(unguarded_after, live_server, tmp_path):
    watched = watch_election()
    alarms: list[str] = []
    stranger = random_scalar()
    watch = Watch(
        f"{live_server.url}/elections/{watched.poll.election.slug}/",
        Record(tmp_path / "witness"),
        secret=stranger,
        peers=[],
        scripts={},
        alarm=alarms.append,
    )

    watch.look()

    assert base(stranger).hex() not in {w.key for w in watched.poll.election.witnesses.all()}
    assert ["does not name this witness's key" in alarm for alarm in alarms] == [True]
