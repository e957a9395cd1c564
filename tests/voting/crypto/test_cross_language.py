"""What the browser's modules made, checked here; and made anew by node."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.places import BASE
from tests.voting.crypto.elections import vectors
from voting.crypto import group, tally
from voting.crypto.ballot import read_ballot, verify_ballot
from voting.crypto.encryption import Opening, check_opening
from voting.crypto.manifest import Manifest
from voting.crypto.tally import PartialDecryption, Tally
from voting.crypto.tracker import human, tracker
from voting.crypto.trustees.ceremony import judge, key_share, register
from voting.crypto.trustees.key import assemble
from voting.crypto.trustees.messages import (
    Ceremony,
    read_complaint,
    read_confirmation,
    read_registration,
    read_share,
)

NODE = Path(sys.executable).with_name("node")


def made_now() -> dict[str, Any]:
    if not (BASE / "node_modules" / "@noble" / "curves").is_dir() or not NODE.exists():
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
def known() -> dict[str, Any]:
    return vectors("python.json")


def test_ballots_made_in_the_browser_verify(browser: dict[str, Any], known: dict[str, Any]) -> None:
    manifest = Manifest.from_dict(known["manifest"])
    selected = [{"board": [], "budget": ["No"]}, {"board": ["Bo ✓", 'Cem "C."'], "budget": []}]

    for made, titles in zip(browser["ballots"], selected, strict=True):
        data = made["text"].encode()
        ballot = read_ballot(data)
        opening = json.dumps(made["opening"], separators=(",", ":"), sort_keys=True)

        verify_ballot(manifest, "voter-2", ballot)
        assert (tracker(data), human(tracker(data))) == (made["tracker"], made["short"])
        assert check_opening(manifest, ballot, Opening.from_json(opening.encode())) == titles


def test_keys_made_in_the_browser_are_the_keys_made_here(browser: dict[str, Any]) -> None:
    made = browser["trustees"]
    ceremony = Ceremony(**made["ceremony"])
    seeds = [bytes.fromhex(text) for text in made["seeds"]]
    registrations = [
        read_registration(value, ceremony, index)
        for index, value in enumerate(made["registrations"], start=1)
    ]
    shares = [
        [read_share(value, ceremony, i, j) for j, value in enumerate(row, start=1)]
        for i, row in enumerate(made["shares"], start=1)
    ]

    for index, seed in enumerate(seeds, start=1):
        received = [row[index - 1] for row in shares]
        key = key_share(seed, ceremony, received, registrations)

        again = register(seed, ceremony, index)
        assert again.commitments == registrations[index - 1].commitments
        assert again.transport_key == registrations[index - 1].transport_key
        assert group.scalar_to_hex(key) == made["keys"][index - 1]
    confirmations = [
        read_confirmation(value, ceremony, index, registrations)
        for index, value in enumerate(made["confirmations"], start=1)
    ]
    assemble(ceremony, ("A", "B", "C"), registrations, confirmations)


def test_a_complaint_made_in_the_browser_is_judged_here(browser: dict[str, Any]) -> None:
    made = browser["trustees"]
    ceremony = Ceremony(**made["ceremony"])
    registrations = [
        read_registration(value, ceremony, index)
        for index, value in enumerate(made["registrations"], start=1)
    ]
    bad = read_share(made["bad_share"], ceremony, 1, 2)
    good = read_share(made["shares"][0][1], ceremony, 1, 2)

    just = read_complaint(made["complaint"], ceremony)
    unjust = read_complaint(made["unjust_complaint"], ceremony)

    assert judge(just, ceremony, bad, registrations) == 1
    assert judge(unjust, ceremony, good, registrations) == 2


def test_a_decryption_made_in_the_browser_verifies(
    browser: dict[str, Any], known: dict[str, Any]
) -> None:
    manifest = Manifest.from_dict(known["manifest"])
    summed = Tally.from_dict(known["tally"], manifest)

    partials = [
        PartialDecryption.from_dict(value, manifest)
        for value in (browser["partial"], known["partial"])
    ]

    for partial in partials:
        tally.verify_partial(manifest, summed, partial)
    result = tally.combine(manifest, summed, partials)
    assert result.counts == ((1, 0, 1), (0, 0, 1))


def test_vectors_made_here_still_verify_here(known: dict[str, Any]) -> None:
    manifest = Manifest.from_dict(known["manifest"])
    data = json.dumps(known["ballot"], separators=(",", ":"), sort_keys=True).encode()

    verify_ballot(manifest, "voter-1", read_ballot(data))

    assert manifest.fingerprint == known["fingerprint"]
    assert human(tracker(data)) == known["short"]
