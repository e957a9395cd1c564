"""A trustee's message is taken at its own time, once, and from its own trustee alone."""

from __future__ import annotations

import pytest

from tests.support.key_holders import (
    confirm_all,
    make_key,
    name_trustees,
    register_all,
    send_shares,
)
from tests.support.polls import draft_election
from voting.counting import counting
from voting.crypto.trustees.confirmation import confirm, endorse
from voting.crypto.trustees.secret import new_secret, register
from voting.crypto.trustees.shares import key_share, make_shares, read_share
from voting.elections import freezing, life_cycle
from voting.keys import ceremony
from voting.models import BoardEvent, Trustee
from voting.refusals import StepRefused


@pytest.fixture
def poll(db):
    return draft_election(key_mode="trustees", threshold=2)


def stored(row):
    return Trustee.objects.filter(pk=row.pk).values().get()


def refused(row, kind, message):
    """Nothing of the trustee changes."""
    before = stored(row)
    with pytest.raises(StepRefused):
        ceremony.receive(row, kind, message)
    assert stored(row) == before


def shares_of(secret, transcript):
    return [share.to_dict(transcript) for share in make_shares(secret, transcript)]


def test_shares_wait_for_all_registrations_and_are_one_for_each_trustee(poll):
    rows = name_trustees(poll.election, 3)
    terms = ceremony.terms_of(poll.election)
    for row in rows[:2]:
        message = register(new_secret(terms, row.index)).to_dict(terms)
        ceremony.receive(row, "registration", message)
    refused(rows[0], "shares", [])
    ceremony.restart(poll.election)

    secrets = register_all(poll.election, rows)
    shares = shares_of(secrets[0], ceremony.transcript_of(poll.election))
    for wrong in (shares[:2], [*shares, shares[0]], {"1": shares[0]}, None, shares[::-1]):
        refused(rows[0], "shares", wrong)
    refused(rows[1], "shares", shares)
    ceremony.receive(rows[0], "shares", shares)
    refused(rows[0], "shares", shares)


def test_a_confirmation_waits_for_all_shares_and_is_sent_once(poll):
    rows = name_trustees(poll.election, 3)
    secrets = register_all(poll.election, rows)
    transcript = ceremony.transcript_of(poll.election)
    made = [shares_of(secret, transcript) for secret in secrets]
    received = [read_share(made[i][0], transcript, i + 1, 1) for i in range(3)]
    message = confirm(secrets[0], transcript, key_share(secrets[0], transcript, received))
    send_shares(poll.election, rows[:2], secrets[:2])
    refused(rows[0], "confirmation", message.to_dict(transcript))

    send_shares(poll.election, rows[2:], secrets[2:])
    refused(rows[1], "confirmation", message.to_dict(transcript))
    confirm_all(poll.election, rows, secrets)
    refused(rows[0], "confirmation", message.to_dict(transcript))


def test_after_freezing_the_ceremony_takes_nothing(poll, now):
    holders = make_key(poll.election)
    freezing.freeze(poll.election, actor=poll.official, now=now)
    first = stored(holders.rows[0])

    for kind in ("registration", "shares", "confirmation"):
        refused(holders.rows[0], kind, first[kind])


def signed(holders, number):
    manifest = freezing.read_manifest(holders.election)
    share = holders.shares[number - 1]
    key = manifest.verification_keys[number - 1]
    return endorse(share, manifest.fingerprint, number, key).to_list()


@pytest.fixture
def opened(poll, now):
    holders = make_key(poll.election)
    freezing.freeze(poll.election, actor=poll.official, now=now)
    holders.endorse()
    life_cycle.open_election(poll.election, actor=poll.official, now=now)
    return holders


def test_an_open_election_is_endorsed_no_more(opened):
    with pytest.raises(StepRefused):
        ceremony.receive_endorsement(opened.rows[0], signed(opened, 1))


@pytest.fixture
def counted(poll, opened, now):
    """An election that waits for its trustees."""
    poll.cast()
    life_cycle.close_election(poll.election, actor=poll.official, now=now)
    counting.count(poll.election, now=now)
    return opened


def parts_on_board(holders):
    return BoardEvent.objects.filter(election=holders.election, kind="decryption").count()


def test_a_part_of_the_count_is_the_trustees_own_and_taken_once(counted, now):
    first, second = counted.rows[:2]
    part = counted.part(1)
    lies = (
        part | {"trustee": 2},
        counted.part(2),
        counted.part(1, counted.shares[1]),
        part | {"contests": []},
    )
    for lie in lies:
        with pytest.raises(StepRefused):
            counting.receive_partial(first, lie, now=now)
    assert parts_on_board(counted) == 0

    counting.receive_partial(first, part, now=now)
    with pytest.raises(StepRefused, match="already"):
        counting.receive_partial(first, part, now=now)
    assert parts_on_board(counted) == 1

    counting.receive_partial(second, counted.part(2), now=now)
    with pytest.raises(StepRefused, match="nothing to decrypt"):
        counting.receive_partial(counted.rows[2], part | {"trustee": 3}, now=now)


def test_before_the_sums_are_there_nothing_is_decrypted(poll, opened, now):
    with pytest.raises(StepRefused, match="nothing to decrypt"):
        counting.receive_partial(opened.rows[0], {}, now=now)

    poll.cast()
    life_cycle.close_election(poll.election, actor=poll.official, now=now)
    with pytest.raises(StepRefused, match="nothing to decrypt"):
        counting.receive_partial(opened.rows[0], {}, now=now)
