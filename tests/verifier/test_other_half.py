"""Boards, key files, receipts and statements that the site's own cryptography has made.

The verifier was written from the document and not from that code, so each half checks the other.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.support.places import BASE
from tests.verifier.found import problems
from verifier.rules.file import read_election
from verifier.rules.group import base
from verifier.secret.trustee_key import TrusteeKey, check_entry, key_share
from voting.trials.simulation import Shape, simulate

BOARDS = sorted((BASE / "tests/vectors/boards").glob("*.jsonl"))
BY_TRUSTEES = [board for board in BOARDS if board.stem != "server"]


def kept(board):
    return json.loads(board.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("board", BOARDS, ids=lambda path: path.stem)
def test_a_board_verifies_with_all_that_its_people_keep(board):
    known = kept(board)
    published = [known["head"], *known["receipts"], *known["statements"]]

    assert problems(board.read_bytes(), *published, finished=True) == []


@pytest.mark.parametrize("board", BY_TRUSTEES, ids=lambda path: path.stem)
def test_the_trustees_key_files_open_to_their_verification_keys(board):
    with board.open("rb") as file:
        manifest = read_election(file, in_progress=False, processes=1).manifest
    assert manifest

    for value in kept(board)["key_files"]:
        del value["format"]
        key = TrusteeKey(**value)
        check_entry(key, manifest)
        assert key.shares
        secret = key_share(key, manifest, key.shares)
        assert base(secret) == manifest.key.verification_keys[key.index - 1]
        assert key.fingerprint == manifest.fingerprint
        with pytest.raises(ValueError, match="does not make its entry"):
            check_entry(replace(key, seed="00" * 32), manifest)


def test_clean_elections_raise_no_alarm():
    for seed in range(8):
        shape = Shape(
            voters=seed,
            seed=seed,
            revotes=seed // 2,
            blank=True,
            registrars=seed % 3,
            witnesses=seed % 4,
            quorum=seed % 4 and 1,
            groups=seed > 4,
            least=1 + seed % 3,
        )
        made = simulate(shape)

        assert problems(made.file, made.head.to_dict(), finished=True) == []
