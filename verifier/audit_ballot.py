#!/usr/bin/env python3
"""Check, on another device, a ballot that was opened instead of cast.

    python audit_ballot.py audit.json

Lay verify_election.py beside it. Compare the fingerprint and the tracker with those that the voting
page showed before it was asked to open the ballot. Exit code 0: the ballot says what is printed.
"""

import json
import sys
from pathlib import Path

from verifier.verify_election import (
    FAULTS,
    Manifest,
    add,
    base,
    dump,
    keys,
    load,
    mul,
    require,
    scalar,
    sha256,
    whole,
)


def audit(value):
    """What the ballot selects, by contest; docs/cryptography.md, section 4."""
    keys(value, "ballot format manifest opening")
    manifest, ballot, opening = Manifest(value["manifest"]), value["ballot"], value["opening"]
    tracker = sha256(dump(ballot))
    require(value["format"] == "facevote-audit-1", "an unknown format")
    require(ballot["election"] == manifest.fingerprint, "made for another election")
    require(opening["tracker"] == tracker, "the tracker is not the ballot's")
    selected = {}
    rows = zip(
        value["manifest"]["contests"],
        manifest.check_ballot(ballot),
        opening["contests"],
        strict=True,
    )
    for contest, row, opened in rows:
        bits = check_opened(manifest.key, row, opened)
        titles = [choice["title"] for choice in contest["choices"]] + ["(blank)"]
        selected[contest["title"]] = [t for t, m in zip(titles, bits, strict=False) if m]
    return {"fingerprint": manifest.fingerprint, "tracker": tracker, "selected": selected}


def check_opened(key, row, opened):
    bits = [whole(bit, 0, 1) for bit in opened["selections"]]
    for m, text, cipher in zip(bits, opened["randomness"], row, strict=True):
        r = scalar(text)
        mask = mul(r, key)
        right = (base(r), add(base(1), mask) if m else mask)
        require(cipher == right, f"contest {opened['id']} does not open")
    return bits


def main():
    try:
        answer = audit(load(Path(sys.argv[1]).read_bytes().strip()))
    except (OSError, *FAULTS) as error:
        sys.stderr.write(f"NOT VERIFIED: {error}\n")
        return 1
    sys.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
