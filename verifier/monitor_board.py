#!/usr/bin/env python3
"""Watch the board of an election from outside, and sign it as a witness.

    python monitor_board.py ADDRESS --folder DIR [--key witness.json] [--scripts scripts.txt]
        [--fingerprint DIGITS] [--peer ADDRESS-OR-FILE …] [--serve HOST:PORT] [--every MINUTES]
        [--once]
    python monitor_board.py --new-key witness.json

ADDRESS is the election's page, such as https://vote.example.org/elections/board-2026/. At random
times it reads the board as everybody does, checks that it has only grown and that what is new
holds, and compares the scripts with the list of a reviewed copy (`manage.py script_hashes`). With
a key that the manifest names, it signs what extends what it signed last, and sends that to the
site. `--serve` lets other witnesses read what this one has signed and been shown, and `--peer`
reads theirs: two signed statements of one count that differ are printed as the proof of a fork.

Needs its folder, which must be called verifier, Python 3.11 and the package rbcl. Exit code, with
--once: 0: nothing is wrong. 1: something is, and what. 2: a file cannot be read.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

if not __package__:
    # Run as a file. Python then knows the files beside it, but not the folder that they are in.
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from verifier.rules.group import base, random_scalar, read_scalar, write_scalar
from verifier.rules.manifest import short
from verifier.rules.printing import complain, say, speak_utf8
from verifier.rules.strict import FAULTS, in_words, keys, require
from verifier.secret.files import read_json
from verifier.witnessing.pages import read_list
from verifier.witnessing.record import Record, new_witness_key
from verifier.witnessing.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

CHANCE = random.SystemRandom()


def new_key(path: Path) -> None:
    """Make a key and write its file. Raises FileExistsError, so that no key is written over."""
    secret = random_scalar()
    key = base(secret).hex()
    new_witness_key(path, write_scalar(secret), key)
    say([f"written: {path}. Keep it to yourself.", f"key: {key}", f"    short: {short(key)}"])


def read_key(path: Path) -> int:
    """The secret of a witness's key file. Raises OSError, Problem or another of FAULTS."""
    value = keys(read_json(path), "format key secret")
    require(value["format"] == "facevote-witness-key-2", "not a witness's key file")
    secret = read_scalar(value["secret"])
    require(value["key"] == base(secret).hex(), "the key and the secret of the file do not fit")
    return secret


def serve(place: str, file: Path) -> ThreadingHTTPServer:
    """Show a file to everybody who asks, at any path. Raises OSError or ValueError."""
    host, _, port = place.rpartition(":")

    class Shown(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = file.read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-ndjson")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args: object) -> None:
            """Whoever reads is nobody's business."""

    server = ThreadingHTTPServer((host or "127.0.0.1", int(port)), Shown)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def begin(options: argparse.Namespace, alarm: Callable[[str], None]) -> Watch:
    """The watch that the command line describes. Raises OSError, Problem or another of FAULTS."""
    site = options.address
    require(site, "the address of the election is missing")
    scripts = read_list(options.scripts.read_text("utf-8")) if options.scripts else {}
    record = Record(options.folder)
    if options.serve:
        serve(options.serve, record.published)
    return Watch(
        site if site.endswith("/") else f"{site}/",
        record,
        secret=read_key(options.key) if options.key else None,
        peers=options.peer,
        scripts=scripts,
        fingerprint=options.fingerprint.casefold(),
        alarm=alarm,
    )


def keep_looking(watch: Watch, minutes: float) -> None:
    """Look again and again, at times that nobody can foresee."""
    while True:
        watch.look()
        time.sleep(60 * minutes * CHANCE.uniform(0.3, 1.7))


def main() -> int:
    """Watch the election that the command line names; returns the exit code."""
    speak_utf8()
    parser = argparse.ArgumentParser(description="Watch the board of an election from outside.")
    parser.add_argument("address", nargs="?", help="of the election's page")
    parser.add_argument("--folder", type=Path, default=Path("witness"), help="what is kept")
    parser.add_argument("--new-key", type=Path, metavar="FILE", help="make a witness's key")
    parser.add_argument("--key", type=Path, help="the key file of this witness")
    parser.add_argument("--scripts", type=Path, help="the list of reviewed scripts")
    parser.add_argument("--fingerprint", default="", help="the 64 digits that were published")
    parser.add_argument("--peer", action="append", default=[], help="what another witness serves")
    parser.add_argument("--serve", metavar="HOST:PORT", help="show the own statements there")
    parser.add_argument("--every", type=float, default=20, metavar="MINUTES", help="on average")
    parser.add_argument("--once", action="store_true", help="look once")
    options = parser.parse_args()
    alarms: list[str] = []

    def alarm(words: str) -> None:
        alarms.append(words)
        say([f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} ALARM {words}"])

    try:
        if options.new_key:
            new_key(options.new_key)
            return 0
        watch = begin(options, alarm)
    except (OSError, *FAULTS) as error:
        complain(f"cannot be read: {in_words(error)}")
        return 2
    if not options.once:
        keep_looking(watch, options.every)
    watch.look()
    say([f"{len(watch.election.hashes)} events, {len(alarms)} alarms"])
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(main())
