#!/usr/bin/env python3
"""Check, on another device, a ballot that was opened instead of cast.

    python audit_ballot.py audit.json

Needs its folder, which must be called verifier, Python 3.11 and the package rbcl. Compare the
fingerprint and the tracker with those that the voting page showed before it was asked to open the
ballot. Exit code 0: the ballot selects what is printed. 1: the file does not hold, or cannot be
read.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if not __package__:
    # Run as a file. Python then knows the files beside it, but not the folder that they are in.
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from verifier.group import add, base, multiply, read_scalar
from verifier.manifest import Manifest
from verifier.strict import FAULTS, dump, keys, load, require, sha256, whole

if TYPE_CHECKING:
    from verifier.group import Ciphertext
    from verifier.strict import Json


def audit(value: Json) -> dict[str, Any]:
    """What the ballot of an audit file selects; docs/cryptography.md, sections 4 and 8.

    Returns the election's fingerprint, the ballot's tracker and, for each contest's title, the
    titles of the selected choices. Raises Problem or another of FAULTS if the file does not hold.
    """
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
        pairs = zip(titles, bits, strict=False)
        selected[contest["title"]] = [title for title, bit in pairs if bit]
    return {"fingerprint": manifest.fingerprint, "tracker": tracker, "selected": selected}


def check_opened(key: bytes, row: list[Ciphertext], opened: Json) -> list[int]:
    """The bits that the ciphertexts of one contest encrypt, according to the opening.

    Raises Problem if a ciphertext does not encrypt its bit, or another of FAULTS if the opening is
    malformed.
    """
    bits = [whole(bit, 0, 1) for bit in opened["selections"]]
    for bit, text, ciphertext in zip(bits, opened["randomness"], row, strict=True):
        randomness = read_scalar(text)
        mask = multiply(randomness, key)
        expected = (base(randomness), add(base(1), mask) if bit else mask)
        require(ciphertext == expected, f"contest {opened['id']} does not open")
    return bits


def main() -> int:
    """Print what the ballot selects, as JSON; returns the exit code."""
    try:
        answer = audit(load(Path(sys.argv[1]).read_bytes().strip()))
    except (OSError, *FAULTS) as error:
        sys.stderr.write(f"NOT VERIFIED: {error}\n")
        return 1
    sys.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
