from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from tests.support.full_disk import ROOM, refused
from tests.support.guarded_tables import unguarded
from tests.support.key_holders import make_key
from tests.support.polls import draft_election, open_poll
from verifier import verify_election
from voting import tasks
from voting.board import reading
from voting.counting import counting
from voting.counting.results import contest_results
from voting.crypto import canonical
from voting.crypto.board.chain import BoardEventKind
from voting.crypto.tracker import human
from voting.elections import freezing, life_cycle
from voting.models import (
    BoardEvent,
    CastBallot,
    CountProgress,
    Election,
    Result,
    State,
)
from voting.refusals import StepRefused


def verified(election):
    """What the stand-alone verifier finds wrong with this election's board."""
    return verify_election.verify(b"".join(reading.board_file(election)), processes=1)


def finish(poll, now):
    life_cycle.close_election(poll.election, actor=poll.official, now=now)
    counting.count(poll.election, now=now)
    poll.election.refresh_from_db()


def test_a_whole_election_verifies_from_its_board_file(db, now):
    poll = open_poll(voters=3, allow_revote=True)
    poll.cast(0, "choice-1")
    poll.cast(1, "choice-2")
    poll.cast(0, "choice-3")

    finish(poll, now)
    life_cycle.release_result(poll.election, actor=poll.official, now=now)

    assert verified(poll.election).problems == []
    votes = [choice.votes for choice in contest_results(poll.election)[0].choices]
    assert votes == [0, 1, 1]


def test_an_empty_election_is_counted_too(poll, now):
    finish(poll, now)

    assert poll.election.state == State.COUNTED


def test_freezing_names_everything_that_is_missing(db, now):
    poll = draft_election(voters=0)
    poll.election.contests.get().choices.all().delete()

    with pytest.raises(StepRefused) as caught:
        freezing.freeze(poll.election, actor=poll.official, now=now)

    assert len(caught.value.reasons) == 2


def test_of_two_officials_at_once_one_is_told(draft, now):
    mine = Election.objects.get(pk=draft.election.pk)
    freezing.freeze(draft.election, actor=draft.official, now=now)

    with pytest.raises(StepRefused):
        freezing.freeze(mine, actor=draft.official, now=now)


@pytest.mark.parametrize("step", [life_cycle.open_election, life_cycle.close_election])
def test_a_step_out_of_order_is_refused(draft, now, step):
    with pytest.raises(StepRefused):
        step(draft.election, actor=draft.official, now=now)

    draft.election.refresh_from_db()
    assert draft.election.state == State.DRAFT


def test_the_clock_opens_and_closes(db, now):
    poll = draft_election(
        opens_at=now - dt.timedelta(minutes=2), closes_at=now + dt.timedelta(hours=1)
    )
    freezing.freeze(poll.election, actor=poll.official, now=now)

    tasks.run_clock()

    poll.election.refresh_from_db()
    assert poll.election.state == State.OPEN


def test_before_release_nobody_sees_a_count(poll, now, client):
    poll.cast()
    finish(poll, now)

    pages = [
        client.get("/elections/e/results/"),
        client.get("/elections/e/results.json"),
        client.get("/elections/e/results.csv"),
        client.get("/api/elections/e/result/"),
    ]

    assert "not released" in pages[0].content.decode()
    assert [page.status_code for page in pages[1:]] == [404, 404, 404]
    kinds = set(reading.public_events(poll.election).values_list("kind", flat=True))
    assert not kinds & {BoardEventKind.DECRYPTION, BoardEventKind.RESULT}


def altered_proof(ballot):
    proof = ballot["contests"][0]["proofs"][0]
    proof[0], proof[2] = proof[2], proof[0]


def altered_credential(ballot):
    ballot["credential"] = "0" * 32


@pytest.mark.parametrize("alter", [altered_proof, altered_credential])
def test_nothing_is_counted_while_one_ballot_does_not_verify(poll, now, alter):
    tracker = poll.cast()
    poll.cast(1)
    life_cycle.close_election(poll.election, actor=poll.official, now=now)
    ballot = json.loads(bytes(CastBallot.objects.get(tracker=tracker).ballot))
    alter(ballot)
    with unguarded() as cursor:
        change = "UPDATE voting_castballot SET ballot = %s WHERE tracker = %s"
        cursor.execute(change, [canonical.encode(ballot), tracker])

    tasks.count_election(poll.election.pk)

    assert human(tracker) in CountProgress.objects.get().reason
    assert CountProgress.objects.get().stage == "failed"
    assert not Result.objects.exists()
    assert not BoardEvent.objects.filter(kind="tally").exists()


def test_nothing_is_counted_while_a_ballot_of_the_board_is_not_in_the_box(poll, now):
    tracker = poll.cast()
    poll.cast(1)
    life_cycle.close_election(poll.election, actor=poll.official, now=now)
    with unguarded() as cursor:
        cursor.execute("DELETE FROM voting_castballot WHERE tracker = %s", [tracker])

    tasks.count_election(poll.election.pk)

    assert CountProgress.objects.get().stage == "failed"
    assert not BoardEvent.objects.filter(kind="tally").exists()


def test_any_two_of_three_trustees_count(db, now):
    poll = draft_election(key_mode="trustees", threshold=2)
    holders = make_key(poll.election)
    freezing.freeze(poll.election, actor=poll.official, now=now)
    holders.endorse()
    life_cycle.open_election(poll.election, actor=poll.official, now=now)
    poll.cast()
    finish(poll, now)

    with pytest.raises(StepRefused, match="trustee 1"):
        counting.receive_partial(holders.rows[0], holders.part(1, holders.shares[1]), now=now)
    for number in (1, 3):
        counting.receive_partial(holders.rows[number - 1], holders.part(number), now=now)

    poll.election.refresh_from_db()
    assert poll.election.state == State.COUNTED
    life_cycle.release_result(poll.election, actor=poll.official, now=now)
    assert verified(poll.election).problems == []


@pytest.mark.parametrize("room_left", [0, 100])
def test_a_head_is_appended_whole_or_not_at_all(poll, tmp_path, room_left):
    heads = tmp_path / "heads.jsonl"
    before = b"x" * (ROOM - room_left - 1) + b"\n"
    heads.write_bytes(before)

    words = refused("publish_board_head", "e", append_to=heads)

    assert words.startswith(str(heads))
    assert heads.read_bytes() == before


def test_published_heads_show_a_board_that_was_rewritten(poll, now, tmp_path):
    heads, board = tmp_path / "heads.jsonl", tmp_path / "board.jsonl"
    for number in (0, 1):
        poll.cast(number)
        call_command("publish_board_head", "e", append_to=heads)
    finish(poll, now)
    life_cycle.release_result(poll.election, actor=poll.official, now=now)
    board.write_bytes(b"".join(reading.board_file(poll.election)))

    right = run_verifier(board, heads)
    heads.write_text(heads.read_text().replace('"count":3', '"count":2'))
    wrong = run_verifier(board, heads)

    assert right.returncode == 0
    assert wrong.returncode == 1
    assert "published head" in wrong.stdout


def run_verifier(board, heads):
    program = Path(settings.BASE_DIR) / "verifier/verify_election.py"
    command = [sys.executable, program, board, "--head", heads]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_an_officials_page_is_told_how_far_the_count_is(poll, now, client, admin_user):
    poll.cast()
    life_cycle.close_election(poll.election, actor=poll.official, now=now)
    client.force_login(admin_user, "django.contrib.auth.backends.ModelBackend")
    address = f"/admin/voting/election/{poll.election.pk}/progress/"

    before = client.get(address).json()
    CountProgress.objects.update(stage="verifying", done=50, total=120)
    during = client.get(address).json()
    counting.count(poll.election, now=now)
    after = client.get(address).json()

    assert "not begun" in before["progress"]["words"]
    assert during["progress"] == {
        "words": "50 of 120 ballots verified",
        "done": 50,
        "total": 120,
        "is_running": True,
    }
    assert (before["state"], after["state"]) == ("closed", "counted")


def test_a_count_that_is_under_way_is_not_offered_as_the_next_step(poll, now, client, admin_user):
    poll.cast()
    life_cycle.close_election(poll.election, actor=poll.official, now=now)
    client.force_login(admin_user, "django.contrib.auth.backends.ModelBackend")
    address = f"/admin/voting/election/{poll.election.pk}/change/"

    before = client.get(address).content.decode()
    CountProgress.objects.update(stage="verifying", done=50, total=120)
    during = client.get(address).content.decode()

    assert "Count the ballots" in before
    assert "Count the ballots" not in during
    assert "Order the count again" in during


def test_how_far_a_count_is_is_no_voters_business(poll, client):
    client.force_login(poll.users[0], "django.contrib.auth.backends.ModelBackend")

    answer = client.get(f"/admin/voting/election/{poll.election.pk}/progress/")

    assert answer.status_code == 302
