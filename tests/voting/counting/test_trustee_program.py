"""A trustee's part of the count, made by the program outside and sent as a file."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.support.key_holders import KeyHolders, confirm_all, register_all, send_shares
from tests.support.places import BASE
from tests.support.polls import draft_election
from verifier.rules.strict import dump, sha256
from voting.board import reading
from voting.counting import counting
from voting.crypto.trustees.key_file import KeyFile
from voting.elections import freezing, life_cycle
from voting.keys import ceremony, naming
from voting.models import Trustee


@pytest.fixture
def waiting(db, tmp_path):
    """An election that waits for its trustees; the first one's link and key file."""
    poll = draft_election(key_mode="trustees", threshold=2)
    election = poll.election
    named = [naming.add_trustee(election, f"Trustee {n}") for n in (1, 2, 3)]
    rows = [row for row, _token in named]
    secrets = register_all(election, rows)
    send_shares(election, rows, secrets)
    holders = KeyHolders(election, rows, secrets, confirm_all(election, rows, secrets))
    freezing.freeze(election, actor=poll.official, now=timezone.now())
    holders.endorse()
    life_cycle.open_election(election, actor=poll.official, now=timezone.now())
    poll.cast()
    life_cycle.close_election(election, actor=poll.official, now=timezone.now())
    counting.count(election, now=timezone.now())
    key = tmp_path / "key.json"
    key.write_bytes(dump(key_file(election, secrets[0])) + b"\n")
    return named[0][1], key, election


def key_file(election, secret):
    """What the first trustee keeps after the key check."""
    sent = [row.shares[0] for row in election.trustees.order_by("index")]
    terms = ceremony.terms_of(election)
    return {
        "decrypted": None,
        "election": election.slug,
        "fingerprint": election.fingerprint,
        "format": "facevote-trustee-key-2",
        "index": 1,
        "round": secret.round.hex(),
        "seed": secret.seed.hex(),
        "shares": sent,
        "threshold": terms.threshold,
        "transcript": ceremony.transcript_of(election).hash.hex(),
        "trustees": terms.trustees,
    }


def decrypted(tmp_path, key, election):
    board, out = tmp_path / "board.jsonl", tmp_path / "decryption.json"
    board.write_bytes(b"".join(reading.board_file(election)))
    program = [sys.executable, BASE / "verifier/trustee_decrypt.py", key, board, "--out", out]
    done = subprocess.run(program, input=b"yes\n", capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out.read_bytes()


def send(client, token, data):
    address = reverse("voting:trustee-message", args=[token, "partial"])
    return client.post(address, data, content_type="application/json")


def test_the_part_that_the_program_makes_is_taken(client, waiting, tmp_path):
    token, key, election = waiting
    assert KeyFile.from_json(key.read_bytes().rstrip(b"\n")).to_json() + b"\n" == key.read_bytes()

    answer = send(client, token, decrypted(tmp_path, key, election))

    assert answer.status_code == 200
    assert Trustee.objects.get(election=election, index=1).partial is not None


def test_the_part_of_another_trustee_is_refused(client, waiting, tmp_path):
    token, key, election = waiting
    value = json.loads(decrypted(tmp_path, key, election)) | {"trustee": 2}

    answer = send(client, token, dump(value))

    assert answer.status_code == 409
    assert "belongs to another trustee" in answer.json()["message"]


def test_the_manifest_is_public_as_it_is_hashed(client, waiting):
    _token, _key, election = waiting

    answer = client.get(reverse("voting:manifest", args=[election.slug]))

    assert sha256(answer.content) == election.fingerprint
