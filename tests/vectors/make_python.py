"""Makes tests/vectors/python.json, which the tests of the browser's half check.

python -m tests.vectors.make_python
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from voting.crypto import canonical, chain, group, tally
from voting.crypto.chain import BoardEventKind
from voting.crypto.encryption import encrypt_ballot
from voting.crypto.manifest import Choice, Contest, KeySetup, Manifest, VoterDisplay
from voting.crypto.roll import RollEntry, roll_hash
from voting.crypto.tracker import human
from voting.crypto.trustees.ceremony import confirm, key_share, make_shares, register
from voting.crypto.trustees.key import assemble
from voting.crypto.trustees.messages import Ceremony
from voting.trials.simulation import Shape, simulate

TARGET = Path(__file__).with_name("python.json")
CEREMONY = Ceremony("vector-election", 2, 3)
ROLL = (RollEntry("voter-1", "Zoë"), RollEntry("voter-2", "李"))
SELECTIONS = {"board": ["ann", "cem"], "budget": None}
TEXTS = ["", "plain", 'quote " slash \\ / tab \t line\n nul \0 del \x7f', "Zoë", "𝄞 \u2028"]


def make_manifest(key: KeySetup, board_key: bytes) -> Manifest:
    people = (Choice("ann", "Ann"), Choice("bo", "Bo ✓"), Choice("cem", 'Cem "C."'))
    answers = (Choice("yes", "Yes"), Choice("no", "No"))
    return Manifest(
        id="vector-election",
        title="Élection 選挙",
        contests=(
            Contest("board", "Board", people, 0, 2, blank=False),
            Contest("budget", "Budget", answers, 1, 1, blank=True),
        ),
        key=key,
        board_key=board_key,
        roll=roll_hash(ROLL),
        revote=True,
        voters=VoterDisplay.ALIAS,
    )


def make() -> dict[str, Any]:
    seeds = [bytes([index] * 32) for index in (1, 2, 3)]
    registrations = [register(seeds[i - 1], CEREMONY, i) for i in (1, 2, 3)]
    sent = [make_shares(seeds[i - 1], CEREMONY, i, registrations) for i in (1, 2, 3)]
    keys = [
        key_share(seeds[i - 1], CEREMONY, [row[i - 1] for row in sent], registrations)
        for i in (1, 2, 3)
    ]
    confirmations = [confirm(keys[i - 1], CEREMONY, i, registrations) for i in (1, 2, 3)]
    setup = assemble(CEREMONY, ("A", "B", "C"), registrations, confirmations)
    board_key = chain.new_board_key()
    manifest = make_manifest(setup, board_key.public)
    encrypted = encrypt_ballot(manifest, "voter-1", SELECTIONS)
    summed = tally.add_ballots(manifest, [encrypted.ballot])
    partial = tally.partial_decryption(manifest, summed, 2, keys[1])
    board = simulate(Shape(voters=3, revotes=1, spoils=1, blank=True))
    return {
        "hashes": [_hash("tag", text) for text in TEXTS],
        "texts": [{"value": text, "json": canonical.encode(text).decode()} for text in TEXTS],
        "manifest": manifest.to_dict(),
        "fingerprint": manifest.fingerprint,
        "ballot": encrypted.ballot.to_dict(),
        "opening": json.loads(encrypted.opening.to_json()),
        "selected": {"board": ["Ann", 'Cem "C."'], "budget": []},
        "short": human(encrypted.opening.tracker),
        "trustees": {
            "ceremony": {"election": CEREMONY.election, "threshold": 2, "trustees": 3},
            "seeds": [seed.hex() for seed in seeds],
            "registrations": [item.to_dict(CEREMONY) for item in registrations],
            "shares": [[share.to_dict(CEREMONY) for share in row] for row in sent],
            "confirmations": [item.to_dict(CEREMONY) for item in confirmations],
            "keys": [group.scalar_to_hex(key) for key in keys],
        },
        "tally": summed.to_dict(manifest),
        "partial": partial.to_dict(manifest),
        "board": board.file.decode(),
        "board_tracker": next(e for e in board.events if e.kind is BoardEventKind.BALLOT).body[
            "tracker"
        ],
        "head": json.loads(board.head.to_json()),
    }


def _hash(tag: str, text: str) -> dict[str, str]:
    scalar = group.hash_to_scalar(tag, text, group.u64(7), group.GENERATOR)
    return {"text": text, "scalar": group.scalar_to_hex(scalar), "point": group.base(scalar).hex()}


if __name__ == "__main__":
    TARGET.write_text(json.dumps(make(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
