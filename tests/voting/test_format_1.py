"""Elections of the older format: none that is under way is upgraded; finished ones are shown."""

from __future__ import annotations

import importlib
import json

import pytest
from django.apps import apps

from tests.support.guarded_tables import unguarded
from tests.voting.crypto.elections import vectors
from voting.models import Board, BoardEvent, Choice, Contest, Election, Result

MIGRATION = importlib.import_module("voting.migrations.0007_format_2")


def frozen_before(state):
    """An election of format 1 as an earlier version has left it, in this state."""
    kept = vectors("format_1.json")
    lines = kept["board"].encode().splitlines()
    manifest = json.loads(lines[0])["body"]["manifest"]
    election = Election.objects.create(slug=manifest["id"], title=manifest["title"])
    for number, contest in enumerate(manifest["contests"]):
        row = Contest.objects.create(
            election=election, key=contest["id"], title=contest["title"], order=number
        )
        for place, choice in enumerate(contest["choices"]):
            Choice.objects.create(contest=row, key=choice["id"], name=choice["title"], order=place)
    events = [json.loads(line) for line in lines]
    with unguarded():
        Board.objects.create(election=election, count=len(events), hash="0" * 64)
        for event, line in zip(events, lines, strict=True):
            BoardEvent.objects.create(
                election=election,
                seq=event["seq"],
                kind=event["kind"],
                tracker=event["body"].get("tracker", ""),
                prev=event["prev"],
                hash="0" * 64,
                line=line,
            )
        numbers = next(event["body"] for event in events if event["kind"] == "result")
        Result.objects.create(election=election, numbers=numbers, eligible=3, voted=3)
        Election.objects.filter(pk=election.pk).update(
            state=state,
            manifest=json.dumps(manifest, sort_keys=True, separators=(",", ":")),
            fingerprint="ab" * 32,
        )
    election.refresh_from_db()
    return election


@pytest.mark.parametrize("state", ["frozen", "open", "closed"])
def test_a_site_with_an_older_election_under_way_is_not_upgraded(db, state):
    election = frozen_before(state)

    with pytest.raises(RuntimeError, match=f"{election.slug}.*Nothing was changed"):
        MIGRATION.refuse_running(apps, None)


@pytest.mark.parametrize("state", ["counted", "released"])
def test_a_site_whose_older_elections_are_counted_is_upgraded(db, state):
    frozen_before(state)

    MIGRATION.refuse_running(apps, None)


def test_an_older_election_is_still_shown_with_its_result_and_board(db, client):
    election = frozen_before("released")
    address = f"/elections/{election.slug}"

    pages = [client.get(f"{address}/{name}") for name in ("", "board/", "results/", "results.json")]
    head = client.get(f"{address}/head.json").json()

    assert [page.status_code for page in pages] == [200, 200, 200, 200]
    assert not election.is_format_2
    assert head["format"] == "facevote-head-1"
    assert head["count"] == election.events.count() - 1
    assert pages[3].json()["contests"][0]["choices"][0]["votes"] is not None
