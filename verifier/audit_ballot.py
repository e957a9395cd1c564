#!/usr/bin/env python3
"""Check, on another device, a ballot that was opened instead of cast.

    python audit_ballot.py audit.json [--json]

Needs its folder, which must be called verifier, Python 3.11 and the package rbcl. Compare the
fingerprint and the tracker with those that the voting page showed before it was asked to open the
ballot. Exit code 0: the ballot selects what is printed. 1: it does not hold. 2: the file cannot be
read.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if not __package__:
    # Run as a file. Python then knows the files beside it, but not the folder that they are in.
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from verifier.rules.ballot import check_ballot, ciphertexts_tracker, read_ballot, tracker_of
from verifier.rules.file import check_start
from verifier.rules.group import add, base, challenge, multiply, read_scalar
from verifier.rules.manifest import read_manifest, short
from verifier.rules.printing import complain, quoted, say, speak_utf8
from verifier.rules.strict import FAULTS, HEX, ID, in_words, items, keys, load, require, text, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.rules.contest import Contest
    from verifier.rules.group import Ciphertext
    from verifier.rules.manifest import Manifest
    from verifier.rules.strict import Json

    Opened = list[tuple[Contest, list[int]]]  # the bits of each contest of the ballot


def audit(value: Json) -> dict[str, Any]:
    """What the ballot of an audit file selects; docs/cryptography.md, sections 4 and 12.

    Returns the election's fingerprint, the ballot's tracker and the selected choices of each
    contest. Raises Problem or another of FAULTS if the file does not hold.
    """
    known = {"facevote-audit-1": (1, open_1), "facevote-audit-2": (2, open_2)}
    name = value["format"]
    require(isinstance(name, str) and name in known, "an unknown format")
    number, open_it = known[name]
    manifest = read_manifest(value["manifest"])
    require(manifest.number == number, "the manifest has another format")
    opened = open_it(value, manifest)
    return {
        "fingerprint": manifest.fingerprint,
        "tracker": value["opening"]["tracker"],
        "contests": [selected(contest, bits) for contest, bits in opened],
    }


def open_1(value: Json, manifest: Manifest) -> Opened:
    """The opening of format 1 has the randomness of each ciphertext of the ballot beside it."""
    keys(value, "ballot format manifest opening")
    opening = keys(value["opening"], "contests format tracker")
    require(opening["format"] == "facevote-opening-1", "an unknown format")
    ballot = read_ballot(manifest, value["ballot"])
    require(opening["tracker"] == tracker_of(manifest, ballot), "the tracker is not the ballot's")
    rows = check_ballot(manifest, ballot, range(len(manifest.contests)), ())
    opened: Opened = []
    for contest, row, answer in zip(manifest.contests, rows, opening["contests"], strict=True):
        keys(answer, "id randomness selections")
        require(answer["id"] == contest.id, "the opening is of another contest")
        bits = [whole(bit, 0, 1) for bit in answer["selections"]]
        randomness = [read_scalar(number) for number in answer["randomness"]]
        right = row == encrypt(manifest.key.public, bits, randomness)
        require(right, f"contest {contest.id} does not open")
        opened.append((contest, bits))
    return opened


def open_2(value: Json, manifest: Manifest) -> Opened:
    """In format 2 the ciphertexts follow from the ballot seed and the selections."""
    keys(value, "format manifest opening")
    opening = keys(value["opening"], "credential election format seed selections tracker")
    require(opening["format"] == "facevote-opening-2", "an unknown format")
    require(opening["election"] == manifest.fingerprint, "made for another election")
    seed, credential = bytes.fromhex(text(opening["seed"], HEX)), text(opening["credential"], ID)
    opened = list(read_selections(manifest, opening["selections"]))
    rows = []
    for contest, bits in opened:
        common = (seed, manifest.fingerprint_bytes, credential, contest.id)
        randomness = [
            challenge("facevote-2/randomness", *common, position) for position in range(len(bits))
        ]
        row = encrypt(manifest.key.public, bits, randomness)
        rows.append((contest.id, [[alpha.hex(), beta.hex()] for alpha, beta in row]))
    tracker = ciphertexts_tracker(manifest, credential, rows)
    require(opening["tracker"] == tracker, "the ballot that was made has another tracker")
    return opened


def read_selections(manifest: Manifest, value: Json) -> Iterator[tuple[Contest, list[int]]]:
    """The contests of an opening, in the manifest's order, each with its allowed bits."""
    places = {contest.id: place for place, contest in enumerate(manifest.contests)}
    before = -1
    for contest_id, digits in items(value, 1, len(places)):
        require(text(contest_id, ID) in places, "a contest that the election does not have")
        place, before_this = places[contest_id], before
        require(place > before_this, "the contests are not in the manifest's order")
        before, contest = place, manifest.contests[place]
        bits = [int(digit) for digit in text(digits, f"[01]{{{len(contest.weights)}}}")]
        weighted = sum(w for w, bit in zip(contest.weights, bits, strict=True) if bit)
        require(weighted in contest.allowed, f"contest {contest_id}: not an allowed answer")
        yield contest, bits


def encrypt(key: bytes, bits: list[int], randomness: list[int]) -> list[Ciphertext]:
    """The ciphertexts of these bits; ValueError if there are not as many random numbers."""
    row = []
    for bit, number in zip(bits, randomness, strict=True):
        mask = multiply(number, key)
        row.append((base(number), add(base(1), mask) if bit else mask))
    return row


def selected(contest: Contest, bits: list[int]) -> dict[str, Any]:
    """The chosen choices of one contest."""
    pairs = zip(contest.choices, bits, strict=False)
    return {
        "id": contest.id,
        "title": contest.title,
        "choices": [
            {"id": choice.id, "title": choice.title, "party": choice.party}
            for choice, bit in pairs
            if bit
        ],
        "blank": contest.blank and bits[-1] == 1,
    }


def for_people(answer: dict[str, Any]) -> Iterator[str]:
    """The lines that are printed without `--json`."""
    yield "The ballot holds. Compare these two with what the voting page showed before:"
    yield f"fingerprint: {short(answer['fingerprint'])}"
    yield f"tracker:     {short(answer['tracker'])}"
    for contest in answer["contests"]:
        yield f"contest {contest['id']} {shown(contest['title'])}"
        for choice in contest["choices"]:
            party = choice["party"] and f", party {shown(choice['party'])}"
            yield f"    selects {choice['id']} {shown(choice['title'])}{party or ''}"
        if contest["blank"]:
            yield "    is blank"
        elif not contest["choices"]:
            yield "    selects nothing"


def shown(texts: dict[str, str]) -> str:
    """A text in all languages of the election."""
    return " / ".join(map(quoted, texts.values()))


def main() -> int:
    """Print what the ballot selects; returns the exit code."""
    speak_utf8()
    parser = argparse.ArgumentParser(description="Check a ballot that was opened.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    try:
        data = options.file.read_bytes()
        check_start(data[:8])
    except (OSError, *FAULTS) as error:
        complain(f"cannot be read: {in_words(error)}")
        return 2
    try:
        answer = audit(load(data.strip()))
    except FAULTS as error:
        complain(f"NOT VERIFIED: {in_words(error)}")
        return 1
    say([json.dumps(answer, indent=2)] if options.json else for_people(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
