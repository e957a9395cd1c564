from __future__ import annotations

import datetime as dt
import json
import re

import pytest

from biometrics.models import VerificationGrant
from tests.support.polls import BROWSER, open_poll
from voting.ballots import casting
from voting.crypto.board.receipts import holds_receipt
from voting.crypto.encryption import encrypt_ballot
from voting.elections import freezing, life_cycle
from voting.elections.credentials import public_row_of
from voting.models import BoardEvent, CastBallot, SpoiledBallot
from voting.refusals import CastRefusalCode, CastRefused


def refusal(election, voter, data, now):
    with pytest.raises(CastRefused) as caught:
        casting.cast_ballot(election, voter, data, now=now)
    return caught.value.code


def test_a_ballot_is_in_the_box_and_on_the_board(poll):
    tracker = poll.cast()

    event = BoardEvent.objects.get(election=poll.election, kind="ballot")
    assert event.tracker == tracker
    assert poll.entry().has_voted
    assert CastBallot.objects.get(election=poll.election).tracker == tracker


def test_a_ballot_without_a_face_step_is_refused(poll, now):
    made = poll.encrypt()

    code = refusal(poll.election, poll.voter(), made.ballot.to_json(), now)

    assert code == CastRefusalCode.VERIFY_AGAIN
    assert not poll.entry().has_voted
    assert not CastBallot.objects.exists()


def test_a_face_step_for_another_ballot_is_worth_nothing(poll, now):
    made, other = poll.encrypt(), poll.encrypt()
    poll.present(other.opening.tracker)

    code = refusal(poll.election, poll.voter(), made.ballot.to_json(), now)

    assert code == CastRefusalCode.VERIFY_AGAIN
    assert VerificationGrant.objects.get().spent_at is None


def test_a_face_step_in_another_browser_is_worth_nothing(poll, now):
    made = poll.encrypt()
    poll.present(made.opening.tracker, browser="c" * 64)

    code = refusal(poll.election, poll.voter(), made.ballot.to_json(), now)

    assert code == CastRefusalCode.VERIFY_AGAIN


def test_the_same_ballot_again_gives_the_same_receipt(poll, now):
    made = poll.encrypt()
    poll.present(made.opening.tracker)
    data = made.ballot.to_json()

    first = casting.cast_ballot(poll.election, poll.voter(), data, now=now)
    again = casting.cast_ballot(poll.election, poll.voter(), data, now=now)

    assert first.event == again.event
    assert CastBallot.objects.count() == 1


def test_a_second_ballot_is_refused(poll, now):
    poll.cast()
    second = poll.encrypt()
    poll.present(second.opening.tracker)

    code = refusal(poll.election, poll.voter(), second.ballot.to_json(), now)

    assert code == CastRefusalCode.ALREADY_CAST
    assert CastBallot.objects.count() == 1


def test_a_second_ballot_replaces_the_first_where_the_election_allows_it(db):
    poll = open_poll(allow_revote=True)
    first = poll.cast()

    second = poll.cast(chosen="choice-2")

    assert CastBallot.objects.get(live=True).tracker == second
    event = BoardEvent.objects.filter(kind="ballot").last()
    assert event is not None
    body = json.loads(bytes(event.line))["body"]
    assert body["supersedes"] == first


def test_the_same_ballot_again_replaces_nothing_where_voting_again_is_allowed(db, now):
    poll = open_poll(allow_revote=True)
    made = poll.encrypt()
    data = made.ballot.to_json()
    poll.present(made.opening.tracker)
    first = casting.cast_ballot(poll.election, poll.voter(), data, now=now)
    poll.present(made.opening.tracker)

    again = casting.cast_ballot(poll.election, poll.voter(), data, now=now)

    assert first.event == again.event
    assert CastBallot.objects.get().live
    assert BoardEvent.objects.filter(kind="ballot").count() == 1


def test_ciphertexts_used_before_are_refused_under_new_proofs(db, now):
    poll = open_poll(allow_revote=True)
    made = poll.encrypt()
    poll.present(made.ballot.tracker)
    casting.cast_ballot(poll.election, poll.voter(), made.ballot.to_json(), now=now)
    manifest = freezing.read_manifest(poll.election)
    row = public_row_of(poll.election, poll.entry())
    again = encrypt_ballot(
        manifest, row, {"contest-1": ["choice-1"]}, seed=made.opening.seed
    ).ballot
    poll.present(again.tracker)

    code = refusal(poll.election, poll.voter(), again.to_json(), now)

    assert again.alphas() == made.ballot.alphas()
    assert again.to_json() != made.ballot.to_json()
    assert code == CastRefusalCode.COPIED
    assert CastBallot.objects.get().live


def test_a_cast_ballot_gives_a_signed_receipt(poll, now):
    made = poll.encrypt()
    poll.present(made.ballot.tracker)

    receipt = casting.cast_ballot(poll.election, poll.voter(), made.ballot.to_json(), now=now)

    manifest = freezing.read_manifest(poll.election)
    assert holds_receipt(receipt, manifest, made.ballot.tracker)
    assert receipt.event.hash == BoardEvent.objects.get(kind="ballot").hash


def test_another_voters_ballot_is_refused(poll, now):
    copied = poll.encrypt(0)
    poll.present(copied.opening.tracker, 1)

    code = refusal(poll.election, poll.voter(1), copied.ballot.to_json(), now)

    assert code == CastRefusalCode.INVALID


def test_a_ballot_for_another_election_is_refused(poll, now):
    other = open_poll(slug="other")
    foreign = other.encrypt()

    code = refusal(poll.election, poll.voter(), foreign.ballot.to_json(), now)

    assert code == CastRefusalCode.INVALID


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"null",
        b"[" * 5000,
        b'{"contests": [], "credential": "x", "election": "y", "format": "facevote-ballot-1"}',
        b"\xff\xfe",
        b"9" * 5000,
    ],
)
def test_what_is_no_ballot_is_refused(poll, now, data):
    code = refusal(poll.election, poll.voter(), data, now)

    assert code == CastRefusalCode.INVALID


def test_a_tampered_proof_is_refused(poll, now):
    ballot = json.loads(poll.encrypt().ballot.to_json())
    proof = ballot["contests"][0]["proofs"][0]
    proof[0], proof[2] = proof[2], proof[0]
    data = json.dumps(ballot, sort_keys=True, separators=(",", ":")).encode()

    code = refusal(poll.election, poll.voter(), data, now)

    assert code == CastRefusalCode.INVALID


def test_a_ballot_before_opening_is_refused(draft, now):
    from voting.elections import freezing

    freezing.freeze(draft.election, actor=draft.official, now=now)
    made = draft.encrypt()

    code = refusal(draft.election, draft.voter(), made.ballot.to_json(), now)

    assert code == CastRefusalCode.NOT_OPEN


def test_a_ballot_in_the_closing_second_is_refused(db, now):
    poll = open_poll(closes_at=now + dt.timedelta(hours=1))
    made = poll.encrypt()

    code = refusal(poll.election, poll.voter(), made.ballot.to_json(), poll.election.closes_at)

    assert code == CastRefusalCode.CLOSED


def test_a_ballot_on_its_way_while_the_election_closes_is_refused(poll, now):
    made = poll.encrypt()
    poll.present(made.opening.tracker)
    before = type(poll.election).objects.get(pk=poll.election.pk)
    life_cycle.close_election(poll.election, actor=poll.official, now=now)

    code = refusal(before, poll.voter(), made.ballot.to_json(), now)

    assert code == CastRefusalCode.CLOSED
    assert not CastBallot.objects.exists()


def test_an_opened_ballot_can_not_be_cast(poll, now):
    made = poll.encrypt()
    casting.spoil_ballot(poll.election, poll.voter(), made.opening.tracker, now=now)
    poll.present(made.opening.tracker)

    code = refusal(poll.election, poll.voter(), made.ballot.to_json(), now)

    assert code == CastRefusalCode.SPOILED
    assert not poll.entry().has_voted


def test_a_cast_ballot_can_not_be_opened(poll, now):
    tracker = poll.cast()

    with pytest.raises(CastRefused) as caught:
        casting.spoil_ballot(poll.election, poll.voter(), tracker, now=now)

    assert caught.value.code == CastRefusalCode.IN_THE_BOX
    assert not SpoiledBallot.objects.exists()


def test_a_failure_while_storing_leaves_the_grant_unspent(poll, now, monkeypatch):
    made = poll.encrypt()
    poll.present(made.opening.tracker)

    def fail(*_args, **_kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(casting, "_append", fail)
    with pytest.raises(OSError, match="disk full"):
        casting.cast_ballot(poll.election, poll.voter(), made.ballot.to_json(), now=now)

    assert VerificationGrant.objects.get().spent_at is None
    assert not poll.entry().has_voted
    assert not CastBallot.objects.exists()


def test_the_receipt_is_the_same_whatever_was_chosen(poll, client):
    pages = []
    for number, chosen in enumerate(("choice-1", "choice-2")):
        tracker = poll.cast(number, chosen)
        client.force_login(poll.users[number], "django.contrib.auth.backends.ModelBackend")
        page = client.get(f"/elections/e/receipt/{tracker}/").content.decode()
        # The manifest beside the receipt has the names of all choices, on each receipt the same.
        pages.append(re.sub(r'<script id="manifest".*?</script>', "", page))

    assert "Ada" not in pages[0]
    assert "Ben" not in pages[1]
    assert abs(len(pages[0]) - len(pages[1])) < 40
    assert BROWSER not in pages[0]
