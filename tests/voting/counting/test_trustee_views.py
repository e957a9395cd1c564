"""What a trustee's page is told, and what it may send."""

from __future__ import annotations

import json

import pytest

from tests.support.key_holders import link_of, make_key
from tests.support.polls import draft_election
from voting.counting import counting
from voting.elections import freezing, life_cycle


@pytest.fixture
def poll(db):
    return draft_election(key_mode="trustees", threshold=2)


def state(client, token):
    return client.get(f"/trustee/{token}/state/").json()


def post(client, token, kind, message):
    address = f"/trustee/{token}/{kind}/"
    return client.post(address, json.dumps(message), content_type="application/json")


def test_the_page_is_told_all_that_it_needs_and_no_secret(poll, client, now):
    holders = make_key(poll.election)
    token = link_of(holders.rows[1])

    told = state(client, token)

    assert set(told) == {
        *("election", "state", "index", "threshold", "trustees", "registrations", "shares"),
        *("sent", "complaints", "people", "manifest", "board", "waits_for_witnesses"),
    }
    assert [share["to"] for share in told["shares"]] == [2, 2, 2]
    assert told["sent"] == {
        "registration": True,
        "shares": True,
        "complaint": False,
        "confirmation": True,
        "endorsement": False,
        "partial": False,
    }
    text = json.dumps(told)
    for secret in holders.secrets:
        assert secret.seed.hex() not in text


def test_a_trustee_endorses_and_decrypts_over_http(poll, client, now):
    holders = make_key(poll.election)
    tokens = [link_of(row) for row in holders.rows]
    freezing.freeze(poll.election, actor=poll.official, now=now)
    wrong = post(client, tokens[0], "endorsement", ["1" * 64, "1" * 64])
    holders.endorse(1, 2, 3)
    life_cycle.open_election(poll.election, actor=poll.official, now=now)
    poll.cast()
    assert state(client, tokens[0])["board"] is None
    life_cycle.close_election(poll.election, actor=poll.official, now=now)
    assert state(client, tokens[0])["board"] is None
    counting.count(poll.election, now=now)

    told = state(client, tokens[0])
    answers = [post(client, tokens[n - 1], "partial", holders.part(n)) for n in (1, 2)]

    assert wrong.status_code == 409
    assert told["board"] == "/elections/e/board.jsonl"
    assert told["manifest"]["format"] == "facevote-election-2"
    assert b'"kind":"tally"' in b"".join(client.get(told["board"]).streaming_content)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].json()["state"] == "counted"


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b"\xff"])
def test_what_can_not_be_read_is_refused(poll, client, body):
    holders = make_key(poll.election)
    token = link_of(holders.rows[0])

    answer = client.post(f"/trustee/{token}/shares/", body, content_type="application/json")

    assert answer.status_code in {400, 409}


def test_an_unknown_kind_of_message_is_refused(poll, client):
    holders = make_key(poll.election)
    token = link_of(holders.rows[0])

    assert post(client, token, "key-check", {}).status_code == 409
