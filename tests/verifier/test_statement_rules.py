"""Heads, witnesses' statements and receipts: on the board, and published elsewhere."""

from __future__ import annotations

import json

import pytest

from tests.verifier.found import named, problems, proofs_of_forks
from tests.verifier.maker import Maker
from tests.verifier.shapes import Shape
from verifier.rules.report import report
from verifier.verify_election import verify


def with_value(name, value):
    def edit(body):
        body[name] = value

    return edit


def test_a_head_that_is_not_signed_by_the_board_key_is_named():
    made = Maker().open()
    made.head(with_value("signature", ["00" * 32, "00" * 32]))

    named(made, "facevote-2/head does not hold")


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (with_value("count", 99), "out of its range"),
        (with_value("count", 0), "out of its range"),
        (with_value("hash", "ab" * 32), "facevote-2/witness does not hold"),
        (with_value("hour", "2026-11-24T10:00Z"), "facevote-2/witness does not hold"),
        (with_value("hour", "2026-11-24T10:01Z"), "not of the form"),
        (with_value("witness", 2), "facevote-2/witness does not hold"),
        (with_value("witness", 3), "out of its range"),
        (with_value("extra", 3), "needs the keys"),
    ],
)
def test_a_witnesss_statement_that_is_wrong_is_named(edit, words):
    made = Maker().opened()
    made.witness(1, edit=edit)

    named(made, words)


def test_a_witness_of_another_history_on_the_board_is_named():
    made = Maker().opened()
    made.add("witness", made.witness_body(1, 3, "ab" * 32))

    named(made, "witnesses another history")


def test_a_statement_of_a_witness_that_the_manifest_does_not_have_is_named():
    made = Maker(Shape(witnesses=0, quorum=0)).opened()
    made.witnesses = [5]
    made.witness(1)

    assert problems(made.file)


def test_nothing_is_decrypted_before_the_witnesses_quorum_on_the_close():
    made = Maker(Shape(quorum=2)).voted()
    made.witness(2)  # before the close
    made.close()
    made.witness(1)
    made.witness(1)
    made.tally()
    made.decrypt(1)
    named(made, "too few witnesses have signed the close")

    made = Maker(Shape(quorum=2)).voted()
    made.close()
    made.witness(2, len(made.lines) - 1)  # all before the close
    made.witness(1)
    made.tally()
    made.decrypt(1)
    named(made, "too few witnesses have signed the close")


def test_a_published_head_that_lies_on_the_chain_is_counted():
    made = Maker().finished()
    statement = {
        "election": made.fingerprint,
        "format": "facevote-witness-2",
        **made.witness_body(1, 5),
    }
    published = [made.published_head(4), statement, made.receipt(5)]

    election = verify(made.file, published)

    assert election.problems == []
    assert report(election)["published"] == {
        "published head": 1,
        "witness's statement": 1,
        "receipt": 1,
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"count": 99}, "facevote-2/head does not hold"),
        ({"count": 0}, "out of its range"),
        ({"election": "ab" * 32}, "about another election"),
        ({"format": "facevote-head-1"}, "neither a head"),
        ({"hour": "2026-11-24T10:00Z"}, "facevote-2/head does not hold"),
        ({"extra": 1}, "needs the keys"),
    ],
)
def test_a_published_head_that_is_wrong_is_named(change, words):
    made = Maker().opened()

    found = problems(made.file, made.published_head(3) | change)

    assert words in found[0]


def test_a_board_that_is_shorter_than_a_published_head_promises_is_named():
    made = Maker().voted()
    head = made.published_head(len(made.lines))
    short = b"".join(line + b"\n" for line in made.lines[:-1])

    assert "the tail is missing" in problems(short, head)[0]


def forked():
    """Two boards of one election that differ in the last ballot, both signed by the server."""
    made = Maker().opened()
    made.cast(made.voters[0], made.choice(made.voters[0], 0))
    common, cast = list(made.lines), made.cast_count
    boards = []
    for voter in made.voters[1:3]:
        made.lines, made.cast_count = list(common), cast
        made.cast(voter, made.choice(voter, 1))
        made.head()
        boards.append(list(made.lines))
    return made, boards


def test_two_heads_of_one_count_that_differ_are_the_proof_of_a_fork():
    _made, (first, second) = forked()
    head = json.loads(second[-1])
    file = b"".join(line + b"\n" for line in first)

    assert "promises another history" in problems(file, head)[0]
    ((one, other),) = proofs_of_forks(file, head)
    assert one.count == other.count == head["seq"]
    assert one.hash != other.hash


def test_a_witness_and_a_head_that_differ_are_the_proof_of_a_fork():
    made, (first, second) = forked()
    made.lines = second
    statement = {
        "election": made.fingerprint,
        "format": "facevote-witness-2",
        **made.witness_body(1, len(second) - 1),
    }
    file = b"".join(line + b"\n" for line in first)

    assert len(proofs_of_forks(file, statement)) == 1


def test_two_published_heads_prove_a_fork_even_if_this_board_has_neither():
    made, _boards = forked()
    heads = [made.published_head(9, "ab" * 32), made.published_head(9, "cd" * 32)]

    assert len(proofs_of_forks(made.file, *heads)) == 1


def test_a_forged_head_proves_nothing():
    made, (first, second) = forked()
    made.board_secret += 1
    made.lines = second
    forged = made.published_head(len(second))
    file = b"".join(line + b"\n" for line in first)

    assert problems(file, forged)
    assert proofs_of_forks(file, forged) == []


def test_a_dropped_ballot_is_proved_by_its_receipt():
    made, (first, second) = forked()
    made.lines = first
    receipt = made.receipt(len(first) - 2)
    file = b"".join(line + b"\n" for line in second)

    found = problems(file, receipt)

    assert "promises another history" in found[0]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda receipt: receipt["event"].update(seq=2), "does not end in its event"),
        (lambda receipt: receipt["event"].update(kind="spoil"), "something else than a ballot"),
        (lambda receipt: receipt["event"]["body"].update(tracker="ab"), "does not end in its"),
        (lambda receipt: receipt["head"].update(hour="2026-11-24T11:00Z"), "does not hold"),
        (lambda receipt: receipt.update(extra=1), "needs the keys"),
        (lambda receipt: receipt.update(head=receipt["event"]), "an event without a signature"),
        (
            lambda receipt: receipt["head"].update(format="facevote-witness-2", witness=1),
            "a receipt without a head",
        ),
        (lambda receipt: receipt.update(head=dict(receipt)), "a receipt without a head"),
    ],
)
def test_a_receipt_that_is_wrong_is_named(spoil, words):
    made = Maker().voted()
    receipt = made.receipt(5)
    spoil(receipt)

    assert words in problems(made.file, receipt)[0]
