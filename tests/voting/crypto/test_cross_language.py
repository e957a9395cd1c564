"""What the browser's modules made, checked here; and made anew by node."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.places import BASE
from tests.voting.crypto.elections import vectors
from voting.crypto import canonical, group
from voting.crypto.ballot import read_ballot, verify_ballot
from voting.crypto.decryption import PartialDecryption, verify_partial
from voting.crypto.manifest import Manifest
from voting.crypto.opening import Opening, check_opening
from voting.crypto.registrars import codes
from voting.crypto.roll import RollEntry
from voting.crypto.tally import Tally
from voting.crypto.tracker import human
from voting.crypto.trustees.complaints import judge, read_complaint
from voting.crypto.trustees.confirmation import read_confirmation
from voting.crypto.trustees.key import assemble
from voting.crypto.trustees.key_file import KeyFile
from voting.crypto.trustees.registration import Transcript
from voting.crypto.trustees.secret import makes
from voting.crypto.trustees.shares import key_share, read_share
from voting.crypto.trustees.terms import Ceremony

NODE = Path(sys.executable).with_name("node")


def made_now() -> dict[str, Any]:
    if not (BASE / "node_modules" / "libsodium-sumo").is_dir() or not NODE.exists():
        pytest.skip("the browser's libraries are not installed: npm ci")
    command: list[str | Path] = [
        NODE,
        "--import",
        "./tests/js/vendor.js",
        "tests/vectors/make_browser.js",
        "--print",
    ]
    done = subprocess.run(command, cwd=BASE, capture_output=True, check=True, timeout=60)
    made: dict[str, Any] = json.loads(done.stdout)
    return made


@pytest.fixture(scope="module", params=["kept", "made now"])
def browser(request: pytest.FixtureRequest) -> dict[str, Any]:
    return vectors("browser.json") if request.param == "kept" else made_now()


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    return Manifest.from_dict(vectors("python.json")["manifest"])


def transcript_of(made: dict[str, Any]) -> Transcript:
    return Transcript.from_list(made["registrations"], Ceremony(**made["ceremony"]))


def test_ballots_made_in_the_browser_verify(browser: dict[str, Any], manifest: Manifest) -> None:
    for made in browser["ballots"]:
        ballot = read_ballot(made["text"].encode())
        opening = Opening.from_json(made["opening"].encode())

        verify_ballot(manifest, RollEntry(made["credential"], "", made["group"]), ballot)
        assert (ballot.tracker, human(ballot.tracker)) == (made["tracker"], made["short"])
        chosen = {contest: ids or [] for contest, ids in made["selections"].items()}
        assert check_opening(manifest, opening) == chosen


def test_codes_written_in_the_browser_are_read_here(browser: dict[str, Any]) -> None:
    assert codes.read(browser["code"]) == bytes(17 * number for number in range(16))
    assert codes.written(codes.read(browser["code"])) == browser["code"]


def test_keys_made_in_the_browser_are_the_keys_made_here(browser: dict[str, Any]) -> None:
    made = browser["trustees"]
    transcript = transcript_of(made)

    assert transcript.hash.hex() == made["transcript"]
    for index, kept in enumerate(made["key_files"], start=1):
        secret = KeyFile.from_json(canonical.encode(kept)).secret
        received = [
            read_share(row[index - 1], transcript, sender, index)
            for sender, row in enumerate(made["shares"], start=1)
        ]

        assert makes(secret, transcript.of(index))
        key = key_share(secret, transcript, received)
        assert group.scalar_to_hex(key) == made["keys"][index - 1]
    confirmations = [
        read_confirmation(value, transcript, index)
        for index, value in enumerate(made["confirmations"], start=1)
    ]
    assemble(transcript, ("A", "B", "C"), confirmations)


def test_a_complaint_made_in_the_browser_is_judged_here(browser: dict[str, Any]) -> None:
    made = browser["trustees"]
    transcript = transcript_of(made)

    just = read_complaint(made["complaint"], transcript)
    unjust = read_complaint(made["unjust_complaint"], transcript)

    assert judge(just, transcript) == 1
    assert judge(unjust, transcript) == 2


def test_a_board_made_and_decrypted_in_the_browser_verifies(browser: dict[str, Any]) -> None:
    events = [json.loads(line) for line in browser["board"].splitlines()]
    manifest = Manifest.from_dict(events[0]["body"]["manifest"])
    [closing] = [line for line in browser["board"].splitlines() if '"kind":"close"' in line]
    close = hashlib.sha256(closing.encode()).hexdigest()
    tally = Tally.from_dict(
        next(event["body"] for event in events if event["kind"] == "tally"), manifest
    )

    for partial in browser["partials"]:
        file = KeyFile.from_json(canonical.encode(partial["file"]))
        read = PartialDecryption.from_dict(partial["message"], manifest, tally)

        verify_partial(manifest, tally, close, read)
        assert file.decrypted is not None
        assert file.decrypted.close == close


def test_vectors_made_here_still_verify_here(manifest: Manifest) -> None:
    known = vectors("python.json")
    voter = RollEntry(known["voter"]["credential"], "", known["voter"]["group"])

    ballot = read_ballot(canonical.encode(known["ballot"]))
    verify_ballot(manifest, voter, ballot)

    assert manifest.fingerprint == known["fingerprint"]
    assert human(ballot.tracker) == known["short"]
