"""What witnesses send to the site, and what it puts onto the board."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.support.polls import open_poll
from verifier import verify_election
from voting.counting import counting
from voting.elections import life_cycle
from voting.models import BoardEvent, Election, State
from voting.witnesses import statements
from voting.witnesses.statements import StatementRefusalCode, StatementRefused


def send(client, election, data):
    address = reverse("voting:witness", args=[election.slug])
    return client.post(address, data=data, content_type="application/json")


def on_board(election):
    return BoardEvent.objects.filter(election=election, kind="witness").count()


def test_a_witnesss_statement_goes_onto_the_board_and_verifies(client, watched):
    answer = send(client, watched.poll.election, watched.statement())

    assert answer.status_code == 201
    assert on_board(watched.poll.election) == 1
    found = verify_election.verify(watched.board(), in_progress=True, processes=1)
    assert found.problems == []
    assert found.parts
    assert found.parts.statements.witnessed == 1


def test_a_statement_that_is_on_the_board_is_not_put_there_again(client, watched):
    data = watched.statement()
    send(client, watched.poll.election, data)

    assert send(client, watched.poll.election, data).status_code == 200
    assert on_board(watched.poll.election) == 1


def altered(name, value):
    return lambda statement: {**statement, name: value}


@pytest.mark.parametrize(
    ("alter", "code"),
    [
        (altered("count", 1), "signature"),
        (altered("witness", 2), "signature"),
        (altered("witness", 3), "signature"),
        (altered("election", "ab" * 32), "signature"),
        (altered("hour", "2026-11-24T10:00Z"), "signature"),
        (altered("hour", "later"), "form"),
        (altered("count", True), "form"),
        (altered("format", "facevote-head-2"), "form"),
        (altered("extra", 1), "form"),
    ],
)
def test_what_no_witness_has_signed_is_refused(client, watched, alter, code):
    value = alter(json.loads(watched.statement()))
    data = json.dumps(value, sort_keys=True, separators=(",", ":"))

    answer = send(client, watched.poll.election, data)

    assert (answer.status_code, answer.json()) == (400, {"error": code})
    assert on_board(watched.poll.election) == 0


@pytest.mark.parametrize("data", ["", "null", "[]", "[" * 3000, "{}", "x" * 5000])
def test_what_is_no_statement_is_refused(client, watched, data):
    assert send(client, watched.poll.election, data).status_code == 400


def test_a_statement_about_another_board_is_refused(client, watched):
    answer = send(client, watched.poll.election, watched.statement(last="ab" * 32))

    assert answer.json() == {"error": "another-board"}
    assert on_board(watched.poll.election) == 0


def test_one_witness_can_not_fill_the_board(watched, monkeypatch):
    monkeypatch.setattr(statements, "MOST_AN_HOUR", 2)
    election, now = watched.poll.election, timezone.now()
    for _ in range(2):
        assert statements.take(election, watched.statement(), now=now)

    with pytest.raises(StatementRefused) as refusal:
        statements.take(election, watched.statement(), now=now)

    assert refusal.value.code == StatementRefusalCode.TOO_MANY
    assert statements.take(election, watched.statement(2), now=now)
    assert statements.take(election, watched.statement(), now=now + timedelta(hours=1))


def test_an_election_without_witnesses_takes_no_statement(client, watched):
    data = watched.statement()
    other = open_poll(slug="other")

    assert send(client, other.election, data).json() == {"error": "signature"}


def test_nothing_is_decrypted_before_a_witness_has_signed_the_close(client, watched, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    poll = watched.poll
    poll.cast()
    send(client, poll.election, watched.statement())
    life_cycle.close_election(poll.election, actor=poll.official, now=timezone.now())
    counting.count(poll.election, now=timezone.now())
    assert Election.objects.get(pk=poll.election.pk).state == State.CLOSED

    send(client, poll.election, watched.statement(2))
    counting.count(Election.objects.get(pk=poll.election.pk), now=timezone.now())

    assert Election.objects.get(pk=poll.election.pk).state == State.COUNTED


def test_the_elections_page_names_the_witnesses(client, watched):
    page = client.get(f"/elections/{watched.poll.election.slug}/").content.decode()

    for number in (1, 2):
        assert f"Witness {number} <code" in page
    assert "1 must sign before the count" in page


def test_everybody_may_read_the_heads_and_statements_of_the_board(client, watched):
    send(client, watched.poll.election, watched.statement())

    answer = client.get(reverse("voting:published-heads", args=[watched.poll.election.slug]))

    lines = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    assert [line["format"] for line in lines] == ["facevote-head-2", "facevote-witness-2"]
    found = verify_election.verify(watched.board(), lines, in_progress=True, processes=1)
    assert found.problems == []


def test_heads_say_nothing_of_the_count_before_the_release(client, watched):
    poll = watched.poll
    poll.cast()
    life_cycle.close_election(poll.election, actor=poll.official, now=timezone.now())
    counting.count(poll.election, now=timezone.now())
    send(client, poll.election, watched.statement())
    counting.count(Election.objects.get(pk=poll.election.pk), now=timezone.now())
    address = reverse("voting:published-heads", args=[poll.election.slug])

    lines = b"".join(client.get(address).streaming_content).splitlines()

    assert Election.objects.get(pk=poll.election.pk).state == State.COUNTED
    assert len(lines) == 3  # after the opening, after the close, and the witness's
