"""Contests for some districts, numbers that stay secret, and a count that waits for witnesses."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from accounts.models import AccessOverride, OverridePurpose, User
from tests.support.polls import draft_election
from verifier import verify_election
from voting.ballots import casting
from voting.ballots.page import ballot_contests
from voting.board import appending, reading
from voting.counting import counting
from voting.counting.results import contest_results
from voting.crypto import group
from voting.crypto.board.chain import BoardEventKind, Tip
from voting.crypto.board.witnesses import sign_statement
from voting.crypto.encryption import encrypt_ballot
from voting.elections import freezing, life_cycle
from voting.elections.credentials import public_row_of, row_by_manifest
from voting.models import BoardEvent, BoardIdentity, Choice, Contest, CountProgress, State, Witness
from voting.refusals import CastRefusalCode, CastRefused


def opened(poll, now):
    freezing.freeze(poll.election, actor=poll.official, now=now)
    life_cycle.open_election(poll.election, actor=poll.official, now=now)
    poll.election.refresh_from_db()
    return poll


def counted(poll, now):
    life_cycle.close_election(poll.election, actor=poll.official, now=now)
    counting.count(poll.election, now=now)
    poll.election.refresh_from_db()


def problems(election):
    board = b"".join(reading.board_file(election))
    return verify_election.verify(board, processes=1).problems


@pytest.fixture
def two_districts(db, now):
    """Four voters, one of whom is in the district that has a second contest."""
    poll = draft_election(voters=4, least=2)
    poll.election.roll.filter(voter_number="N0").update(district="North")
    poll.election.roll.exclude(voter_number="N0").update(district="South")
    second = Contest.objects.create(
        election=poll.election, title="Only the north", groups=["North"], order=2
    )
    for place, name in enumerate(("Yes", "No")):
        Choice.objects.create(contest=second, name=name, order=place)
    return opened(poll, now)


def vote(poll, number, now):
    row = public_row_of(poll.election, poll.entry(number))
    manifest = freezing.read_manifest(poll.election)
    chosen = {contest.id: ["choice-1"] for contest in manifest.contests_of(row.group)}
    made = encrypt_ballot(manifest, row, chosen)
    poll.present(made.ballot.tracker, number)
    casting.cast_ballot(poll.election, poll.voter(number), made.ballot.to_json(), now=now)


@pytest.mark.parametrize("board_identity", BoardIdentity.values)
def test_the_manifest_and_the_database_make_the_same_public_rows(db, now, board_identity):
    polls = [draft_election(slug, board_identity=board_identity) for slug in ("all", "parts")]
    polls[1].election.contests.update(groups=["North"])
    for poll in polls:
        poll.election.roll.update(district=" North")
        freezing.freeze(poll.election, actor=poll.official, now=now)
        manifest, entry = freezing.read_manifest(poll.election), poll.entry()

        assert row_by_manifest(manifest, entry) == public_row_of(poll.election, entry)


def test_each_voter_has_the_contests_of_the_own_district(two_districts, now):
    poll = two_districts

    shown = [
        [contest.key for contest in ballot_contests(poll.election, poll.entry(number))]
        for number in (0, 1)
    ]

    assert shown == [["contest-1", "contest-2"], ["contest-1"]]
    assert [row.group for row in (public_row_of(poll.election, poll.entry(n)) for n in (0, 1))] == [
        "North",
        "South",
    ]


def test_a_ballot_with_another_districts_contest_is_refused(two_districts, now):
    poll = two_districts
    manifest = freezing.read_manifest(poll.election)
    north = public_row_of(poll.election, poll.entry(0))
    south = public_row_of(poll.election, poll.entry(1))
    forged = type(south)(south.credential, south.alias, north.group)
    chosen = {contest.id: ["choice-1"] for contest in manifest.contests}
    made = encrypt_ballot(manifest, forged, chosen)
    poll.present(made.ballot.tracker, 1)

    with pytest.raises(CastRefused) as refused:
        casting.cast_ballot(poll.election, poll.voter(1), made.ballot.to_json(), now=now)

    assert refused.value.code == CastRefusalCode.INVALID


def test_a_contest_with_fewer_ballots_than_asked_for_stays_secret(two_districts, now, client):
    poll = two_districts
    for number in (0, 1, 2):
        vote(poll, number, now)

    counted(poll, now)
    life_cycle.release_result(poll.election, actor=poll.official, now=now)

    everybody, north = contest_results(poll.election)
    assert [choice.votes for choice in everybody.choices] == [3, 0, 0]
    assert everybody.choices[0].percent == 100
    assert north.withheld
    assert [choice.votes for choice in north.choices] == [None, None]
    assert problems(poll.election) == []
    page = client.get("/elections/e/results/").content.decode()
    assert "Its numbers stay secret" in page
    assert "(withheld)" in client.get("/elections/e/results.csv").content.decode()
    data = client.get("/elections/e/results.json").json()["contests"][1]
    assert (data["withheld"], data["choices"][0]["votes"]) == (True, None)


def test_districts_stay_off_the_board_where_no_contest_needs_them(db, now):
    poll = draft_election()
    poll.election.roll.update(district="North")

    opened(poll, now)

    assert public_row_of(poll.election, poll.entry(0)).group == ""
    assert b"North" not in b"".join(reading.board_file(poll.election))


def test_a_change_of_a_district_while_freezing_is_noticed(db, now):
    from voting.elections import credentials

    poll = draft_election()
    credentials.give_missing(poll.election, lambda _done, _total: None)
    before = credentials.mark_of(poll.election)

    poll.election.roll.filter(voter_number="N0").update(district="North")

    assert credentials.mark_of(poll.election) != before


def sign_close(poll, number, secret, now):
    """What the endpoint for witnesses will do with a witness's statement."""
    board = appending.lock(poll.election)
    tip = Tip(board.count, board.hash)
    statement = sign_statement(secret, number, poll.election.fingerprint, tip, board.hour)
    appending.append(board, BoardEventKind.WITNESS, statement.body(), now)


def test_nothing_is_decrypted_before_enough_witnesses_have_signed_the_close(db, now):
    poll = draft_election(witness_quorum=2)
    secrets = [group.random_scalar() for _ in range(3)]
    for number, secret in enumerate(secrets, start=1):
        key = group.base(secret).hex()
        Witness.objects.create(election=poll.election, name=f"Witness {number}", key=key)
    opened(poll, now)
    sign_close(poll, 1, secrets[0], now)
    poll.cast()
    counted(poll, now)
    assert CountProgress.objects.get().stage == "witnesses"
    assert poll.election.state == State.CLOSED
    sign_close(poll, 2, secrets[1], now)
    counting.go_on(poll.election, now=now)
    assert not BoardEvent.objects.filter(kind="decryption").exists()

    sign_close(poll, 3, secrets[2], now)
    counting.go_on(poll.election, now=now)

    poll.election.refresh_from_db()
    assert poll.election.state == State.COUNTED
    life_cycle.release_result(poll.election, actor=poll.official, now=now)
    assert problems(poll.election) == []


def test_overrides_are_on_the_board_with_the_close_and_name_no_voter(db, now):
    poll = opened(draft_election(voters=3), now)
    for number in (0, 1):
        made = poll.encrypt(number)
        AccessOverride.objects.create(
            voter=poll.users[number],
            purpose=OverridePurpose.CAST,
            reason="An injured face",
            requested_by=poll.official,
            requested_at=now,
            confirmed_by=User.objects.get_or_create(username="second", is_staff=True)[0],
            confirmed_at=now,
            expires_at=now + dt.timedelta(minutes=10),
        )
        casting.cast_ballot(poll.election, poll.voter(number), made.ballot.to_json(), now=now)

    counted(poll, now)

    events = list(BoardEvent.objects.filter(kind="override").order_by("seq"))
    bodies = [json.loads(bytes(event.line))["body"] for event in events]
    assert [body["number"] for body in bodies] == [1, 2]
    assert all(len(set(body["approved_by"])) == 2 for body in bodies)
    close = BoardEvent.objects.get(kind="close")
    assert [event.seq for event in events] == [close.seq - 2, close.seq - 1]
    life_cycle.release_result(poll.election, actor=poll.official, now=now)
    assert problems(poll.election) == []
