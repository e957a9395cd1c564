#!/usr/bin/env python3
"""A trustee's part of a large count, or the trustee's key check, away from the browser.

    python trustee_decrypt.py KEY-FILE manifest.json --endorse [--shares FILE] --out endorsed.json
    python trustee_decrypt.py KEY-FILE board.jsonl [--head FILE …] --out decryption.json

Needs its folder, which must be called verifier, Python 3.11 and the package rbcl. It decrypts a
board, never numbers that somebody sends: it makes the checks of docs/cryptography.md, section 6,
shows the hash of the close event and the counted number, and asks before it goes on. Then it notes
in the key file what was decrypted, and writes the file that the trustee's page takes. Exit code 0:
written. 1: refused, and why. 2: a file cannot be read.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if not __package__:
    # Run as a file. Python then knows the files beside it, but not the folder that they are in.
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from verifier.rules.file import read_election, read_lines
from verifier.rules.manifest import read_manifest, short
from verifier.rules.printing import complain, quoted, say, speak_utf8
from verifier.rules.proofs import prove_decryption, sign
from verifier.rules.report import for_people, report
from verifier.rules.statements import statements_in
from verifier.rules.strict import FAULTS, in_words, require, sha
from verifier.secret.files import read_json, write_json
from verifier.secret.trustee_key import (
    check_entry,
    key_share,
    read_key_file,
    save_key_file,
    with_decryption,
    with_endorsement,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.rules.board import Election
    from verifier.rules.counting import Count
    from verifier.rules.manifest import Manifest
    from verifier.rules.strict import Json
    from verifier.secret.trustee_key import TrusteeKey


def endorse(
    path: Path, key: TrusteeKey, manifest: Manifest, sent: list[Json] | None, out: Path
) -> None:
    """Sign the fingerprint with the share of the key. Raises Problem or another of FAULTS.

    It comes before the election opens, and so before there is a board.
    """
    check_entry(key, manifest)
    before = key.fingerprint in (None, manifest.fingerprint)
    require(before, "the key file has endorsed another manifest")
    shares = key.shares if key.shares is not None else sent
    require(shares, "the shares are needed: download them from the trustee's page (--shares)")
    secret = key_share(key, manifest, shares or [])
    say([f"fingerprint: {short(manifest.fingerprint)}", *titles(manifest)])
    confirm("Have all trustees compared this fingerprint by telephone?")
    require_unchanged(path, key)
    parts = (manifest.fingerprint_bytes, key.index)
    message = {"signature": sign(secret, "facevote-2/endorsement", *parts), "trustee": key.index}
    save_key_file(path, with_endorsement(key, manifest.fingerprint, shares or []))
    write_json(out, message)


def decrypt(path: Path, key: TrusteeKey, election: Election, out: Path) -> None:
    """Decrypt the sums of a verified board. Raises Problem or another of FAULTS."""
    manifest, count = opened(election), election.count
    require(election.milestone == "tally" and count, "the board does not wait for decryptions")
    if count is None or election.parts is None:
        return
    own = key.fingerprint == manifest.fingerprint
    require(own, "the key file was endorsed for another fingerprint, or for none")
    check_entry(key, manifest)
    require(election.parts.statements.has_quorum, "too few witnesses have signed the close")
    require(key.index not in count.shares, "this trustee has decrypted already")
    tally = {"close": count.close, "tally": sha(count.tally).hex()}
    same = key.decrypted in (None, tally)
    require(same, "the key file has decrypted another tally: there may be two boards")
    secret = key_share(key, manifest, key.shares or [])
    say([*titles(manifest), f"close event: {count.close}", f"counted: {count.counted} ballots"])
    confirm("Have the trustees compared both by telephone?")
    require_unchanged(path, key)
    message = {"contests": decrypted(manifest, count, key, secret), "trustee": key.index}
    save_key_file(path, with_decryption(key, tally["close"], tally["tally"]))
    write_json(out, message)


def decrypted(manifest: Manifest, count: Count, key: TrusteeKey, secret: int) -> list[Json]:
    """This trustee's part of each contest; nothing for one that is withheld."""
    answers = []
    for index, (contest, row) in enumerate(zip(manifest.contests, count.sums or [], strict=True)):
        shares = [
            prove_decryption(secret, item, count.statement(contest, position, key.index))
            for position, item in enumerate([] if count.withheld(index) else row)
        ]
        answers.append({"id": contest.id, "shares": shares})
    return answers


def opened(election: Election) -> Manifest:
    """The manifest of a board on which all holds. Raises Problem for any other board."""
    faults = len(election.problems)
    forks = election.parts.statements.forks if election.parts else []
    if faults or forks:
        say(for_people(report(election)))
    manifest = election.manifest
    require(not faults and not forks and manifest, "the board does not hold")
    if manifest is None:
        raise AssertionError
    return manifest


def titles(manifest: Manifest) -> list[str]:
    """The election's titles, for people."""
    return [f"title: {quoted(title)}" for title in manifest.title.values()]


def confirm(question: str) -> None:
    """Raise Problem unless the trustee writes yes."""
    say([f"{question} Write yes to go on:"])
    require(sys.stdin.readline().strip() == "yes", "not confirmed, so nothing was done")


def require_unchanged(path: Path, key: TrusteeKey) -> None:
    """Raise Problem if this program was run a second time with the file while the trustee thought.

    Otherwise the two could sign or decrypt different things.
    """
    require(read_key_file(path) == key, "the key file has changed meanwhile: begin again")


def prepared(
    options: argparse.Namespace, key: TrusteeKey, sent: list[Json] | None, heads: list[Json]
) -> Callable[[], None]:
    """What the command line asks for. Raises OSError, Problem or another of FAULTS."""
    if options.endorse:
        manifest = read_manifest(read_json(options.board))
        return partial(endorse, options.key_file, key, manifest, sent, options.out)
    with options.board.open("rb") as file:
        election = read_election(file, in_progress=True, published=heads)
    require(not election.unreadable, election.unreadable)
    return partial(decrypt, options.key_file, key, election, options.out)


def main() -> int:
    """Do what the command line says; returns the exit code."""
    speak_utf8()
    parser = argparse.ArgumentParser(description="A trustee's part, away from the browser.")
    parser.add_argument("key_file", type=Path)
    parser.add_argument("board", type=Path, help="with --endorse, the manifest instead")
    parser.add_argument("--endorse", action="store_true", help="the key check")
    parser.add_argument("--shares", type=Path, help="the sealed shares, for the key check")
    parser.add_argument("--head", type=Path, action="append", default=[], metavar="FILE")
    parser.add_argument("--out", type=Path, required=True, help="the message to upload")
    options = parser.parse_args()
    try:
        require(not options.out.exists(), f"{options.out} is there already")
        key = read_key_file(options.key_file)
        sent = read_json(options.shares) if options.shares else None
        heads = [value for path in options.head for value in statements_in(read_lines(path))]
        act = prepared(options, key, sent, heads)
    except (OSError, *FAULTS) as error:
        complain(f"cannot be read: {in_words(error)}")
        return 2
    try:
        act()
    except (OSError, *FAULTS) as error:
        complain(f"REFUSED: {in_words(error)}")
        return 1
    say([f"written: {options.out}. Upload it on the trustee's page."])
    return 0


if __name__ == "__main__":
    sys.exit(main())
