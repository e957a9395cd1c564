"""Makes tests/vectors/python.json, which the tests of the browser's half check.

python -m tests.vectors.make_python
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from voting.crypto import canonical, decryption, group, tally, text
from voting.crypto.board import heads
from voting.crypto.board.chain import BoardEventKind
from voting.crypto.contests import Choice, Contest
from voting.crypto.encryption import encrypt_ballot
from voting.crypto.manifest import Manifest
from voting.crypto.policies import (
    FacePolicy,
    Movements,
    Purpose,
    Registrar,
    VoterDisplay,
    Witness,
    Witnesses,
)
from voting.crypto.registrars.codes import voter_secret, written
from voting.crypto.registrars.points import RegistrarPoints, sign_points
from voting.crypto.roll import RollEntry, roll_hash, roll_to_list
from voting.crypto.tracker import human
from voting.crypto.trustees.confirmation import confirm, endorse
from voting.crypto.trustees.key import assemble
from voting.crypto.trustees.key_file import KeyFile
from voting.crypto.trustees.registration import Transcript
from voting.crypto.trustees.secret import TrusteeSecret, register
from voting.crypto.trustees.shares import SealedShare, key_share, make_shares
from voting.crypto.trustees.terms import Ceremony
from voting.trials.simulation import Shape, simulate

TARGET = Path(__file__).with_name("python.json")
ELECTION = "vector-election"
CEREMONY = Ceremony(ELECTION, 2, 3)
CODES = tuple(bytes([number]) * 16 for number in (0, 7, 255))
REGISTRAR_SECRET = 11
POINTS = tuple(group.base(voter_secret(ELECTION, 1, code)) for code in CODES)
ROLL = (
    RollEntry(POINTS[0].hex(), "Zoë", "Zürich"),
    RollEntry(POINTS[1].hex(), "李"),
    RollEntry(POINTS[2].hex(), "", "Zürich"),
)
BALLOT_SEED = bytes(range(32))
SELECTIONS = {"board": ["ann", "cem"], "budget": None}
CLOSE = "c105e0" + "0" * 58
TEXTS = ["", "plain", 'quote " slash \\ / tab \t line\n nul \0 del \x7f', "Zoë", "𝄞 \u2028"]
# What somebody types, and what becomes of it. Most become a plain text, some can not.
TYPED = [
    *("José", "Jose\u0301", " two  words ", "a\u00a0b", "a\u2009b\u3000c", "a\tb\nc"),
    *("❤\ufe0f", "辻\U000e0101", "👍🏽", "١٢٣", "line\u2028end", "\u2126", "a" * 500),
    *("", " ", "J\u200bo", "\u202eevil", "\u0001", "nul\0", "del\x7f", "soft\u00adhyphen"),
    *("\ue000", "\ufdd0", "\U0001fffe", "\u3164", "\ufb2c", "a" * 501, "\ufb2c" * 200),
]
LONG = [
    *("One line.", "First.\n\nThird.", "\nends\n", "a\r\nb", "two  spaces\nx "),
    *("x\n\u200b\ny", "y" * 5001),
]
ALIKE = [
    *(["José", "Jose\u0301"], ["Jo Smith", "Jo  Smith"], ["Jo", "J\u200bo"], ["ANN", "ann"]),
    *(["\ufb01n", "fin"], ["\uff21nn", "Ann"], ["Straße", "STRASSE"], ["Ann", "Anne"]),
]


def make() -> dict[str, Any]:
    seeds = [bytes([index] * 32) for index in (1, 2, 3)]
    rounds = [bytes([0xA0 + index] * 16) for index in (1, 2, 3)]
    secrets = [
        TrusteeSecret(CEREMONY, index, rounds[index - 1], seeds[index - 1]) for index in (1, 2, 3)
    ]
    transcript = Transcript(CEREMONY, tuple(register(secret) for secret in secrets))
    sent = [make_shares(secret, transcript) for secret in secrets]
    keys = [
        key_share(secret, transcript, [row[secret.index - 1] for row in sent]) for secret in secrets
    ]
    confirmations = [
        confirm(secret, transcript, key) for secret, key in zip(secrets, keys, strict=True)
    ]
    manifest = _manifest(assemble(transcript, ("A", "Zoë B", "C"), confirmations))
    secret = voter_secret(ELECTION, 1, CODES[0])
    encrypted = encrypt_ballot(manifest, ROLL[0], SELECTIONS, secrets=[secret], seed=BALLOT_SEED)
    summed = tally.add_ballots(manifest, [encrypted.ballot])
    partial = decryption.partial_decryption(manifest, summed, CLOSE, 2, keys[1])
    endorsement = endorse(keys[1], manifest.fingerprint, 2, manifest.verification_keys[1])
    return {
        "hashes": [_hash("tag", value) for value in TEXTS],
        "texts": [{"value": value, "json": canonical.encode(value).decode()} for value in TEXTS],
        "typed": [_typed(value) for value in TYPED],
        "long": [_long(value) for value in LONG],
        "alike": [
            {"pair": pair, "alike": text.skeleton(pair[0]) == text.skeleton(pair[1])}
            for pair in ALIKE
        ],
        "codes": [_code(code) for code in CODES],
        "registrar": json.loads(_registrar_file().to_json()),
        "roll": roll_to_list(ROLL),
        "manifest": manifest.to_dict(),
        "fingerprint": manifest.fingerprint,
        "voter": {"credential": ROLL[0].credential, "group": ROLL[0].group},
        "ballot": encrypted.ballot.to_dict(),
        "opening": json.loads(encrypted.opening.to_json()),
        "audit": {
            "format": "facevote-audit-2",
            "manifest": manifest.to_dict(),
            "opening": json.loads(encrypted.opening.to_json()),
        },
        "selected": {"board": ["ann", "cem"], "budget": []},
        "tracker": encrypted.ballot.tracker,
        "short": human(encrypted.ballot.tracker),
        "trustees": {
            "ceremony": {"election": ELECTION, "threshold": 2, "trustees": 3},
            "seeds": [seed.hex() for seed in seeds],
            "rounds": [item.hex() for item in rounds],
            "registrations": [item.to_dict(CEREMONY) for item in transcript.registrations],
            "transcript": transcript.hash.hex(),
            "shares": [[share.to_dict(transcript) for share in row] for row in sent],
            "confirmations": [item.to_dict(transcript) for item in confirmations],
            "keys": [group.scalar_to_hex(key) for key in keys],
            "verification_keys": [point.hex() for point in transcript.verification_keys],
            "key_files": [_key_file(secret, transcript, sent, manifest) for secret in secrets],
            "endorsement": {"signature": endorsement.to_list(), "trustee": 2},
        },
        "close": CLOSE,
        "tally": summed.to_dict(),
        "partial": partial.to_dict(manifest),
        **_finished(),
    }


def _manifest(key: Any) -> Manifest:
    people = (
        Choice(
            "ann", _both("Ann"), party=_both("Grün", "Green"), statement=_both("Eins.\n\nZwei.")
        ),
        Choice("bo", _both("Bo ✓"), pictures=("ab" * 32,)),
        Choice("cem", _both('Cem "C."')),
    )
    answers = (Choice("yes", _both("Ja", "Yes")), Choice("no", _both("Nein", "No")))
    file = _registrar_file()
    return Manifest(
        id=ELECTION,
        languages=("de", "pt-br"),
        title=_both("Wahl 選挙", "Élection 選挙"),
        description=_both("Worum es geht."),
        contests=(
            Contest("board", _both("Vorstand"), people, 0, 2, blank=False),
            Contest("budget", _both("Haushalt"), answers, 1, 1, True, groups=("Basel", "Zürich")),
        ),
        key=key,
        board_key=heads.BoardKey.from_secret(7).public,
        roll=roll_hash(ROLL),
        revote=True,
        voters=VoterDisplay.ALIAS,
        opens="2026-11-01T08:30Z",
        closes="2026-12-01T18:00Z",
        face=FacePolicy(each_ballot=True, movements=Movements.UNSURE),
        least=1,
        purpose=Purpose.REHEARSAL,
        registrars=(Registrar("Registrar", file.key, file.signature),),
        witnesses=Witnesses((Witness("Witness", group.base(13)),), 1),
    )


def _key_file(
    secret: TrusteeSecret,
    transcript: Transcript,
    sent: list[tuple[SealedShare, ...]],
    manifest: Manifest,
) -> dict[str, Any]:
    """The file before the registration, before the shares are sent, and after the key check."""
    new = KeyFile(secret)
    shared = new.sharing(transcript)
    received = [row[secret.index - 1].to_dict(transcript) for row in sent]
    checked = shared.endorsing(manifest.fingerprint, received)
    return {
        name: json.loads(file.to_json())
        for name, file in (("new", new), ("shared", shared), ("checked", checked))
    }


def _both(german: str, portuguese: str | None = None) -> dict[str, str]:
    return {"de": german, "pt-br": german if portuguese is None else portuguese}


def _registrar_file() -> RegistrarPoints:
    return RegistrarPoints(
        ELECTION,
        1,
        group.base(REGISTRAR_SECRET),
        tuple((str(number), point) for number, point in enumerate(POINTS, start=1)),
        sign_points(REGISTRAR_SECRET, ELECTION, 1, POINTS),
    )


def _finished() -> dict[str, Any]:
    """A finished election, and what its voters and witnesses keep."""
    election = simulate(
        Shape(voters=3, revotes=1, spoils=1, blank=True, witnesses=1, quorum=1, groups=True)
    )
    cast = next(event for event in election.events if event.kind is BoardEventKind.BALLOT)
    return {
        "board": election.file.decode(),
        "board_tracker": cast.body["tracker"],
        "head": election.head.to_dict(),
        "receipt": election.receipts[0].to_dict(),
        "statement": json.loads(election.statements[-1].to_json()),
    }


def _hash(tag: str, value: str) -> dict[str, str]:
    scalar = group.hash_to_scalar(tag, value, group.u64(7), group.GENERATOR)
    return {
        "text": value,
        "scalar": group.scalar_to_hex(scalar),
        "point": group.base(scalar).hex(),
    }


def _typed(value: str) -> dict[str, Any]:
    normal = text.normalise(value)
    return {"value": value, "normal": normal, "plain": text.is_plain(normal)}


def _long(value: str) -> dict[str, Any]:
    normal = text.normalise_lines(value)
    try:
        text.require_long(normal)
    except text.TextInvalid:
        return {"value": value, "normal": normal, "long": False}
    return {"value": value, "normal": normal, "long": True}


def _code(code: bytes) -> dict[str, str]:
    secret = voter_secret(ELECTION, 1, code)
    return {
        "code": code.hex(),
        "written": written(code),
        "secret": group.scalar_to_hex(secret),
        "point": group.base(secret).hex(),
    }


if __name__ == "__main__":
    TARGET.write_text(json.dumps(make(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
