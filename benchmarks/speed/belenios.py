"""How long Belenios takes to verify an election, beside this project's verifier.

    python -m benchmarks.speed.belenios [--json] [--ballots 100] [--group BELENIOS-2048]

Belenios is another system for verifiable elections. Debian has its program: apt install
belenios-tool. Without it, nothing is measured. Both elections have one contest of 10 choices of
which one is selected, a credential for each voter and three trustees, and are not counted yet.

belenios_seconds   belenios-tool election verify, on all cores that it takes
facevote_seconds   verifier/verify_election.py on a board of as many ballots
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.harness import figures
from benchmarks.harness.places import ROOT
from voting.crypto.board.chain import BoardEventKind
from voting.trials.simulation import Shape, simulate

if TYPE_CHECKING:
    import argparse

TOOL = "belenios-tool"
CHOICES = 10
TEMPLATE = {
    "description": "A measurement",
    "name": "A measurement",
    "questions": [
        {
            "answers": [f"Choice {number}" for number in range(CHOICES)],
            "min": 1,
            "max": 1,
            "question": "Which?",
        }
    ],
}


class Belenios:
    """An election of Belenios in a folder of its own."""

    def __init__(self, folder: Path, group: str) -> None:
        self._folder, self._group = folder, group
        self._uuid = self._run("setup", "generate-token").strip()

    def set_up(self, voters: int) -> list[str]:
        """Credentials, trustees and parameters; returns the voters' private credentials."""
        own, group = ("--uuid", self._uuid), ("--group", self._group)
        self._run("setup", "generate-credentials", *own, *group, "--count", str(voters))
        self._rename("*.pubcreds", "public_creds.json")
        private = self._rename("*.privcreds", "private_creds.txt")
        for _ in range(3):
            self._run("setup", "generate-trustee-key", *group)
        keys = b"".join(path.read_bytes() for path in sorted(self._folder.glob("*.pubkey")))
        (self._folder / "public_keys.jsons").write_bytes(keys)
        self._run("setup", "make-trustees")
        (self._folder / "template.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")
        self._run("setup", "make-election", *own, *group, "--template", "template.json")
        self._run("archive", "init")
        return [line.split()[-1] for line in private.read_text(encoding="utf-8").splitlines()]

    def vote(self, credential: str, number: int) -> None:
        selected = [int(place == number % CHOICES) for place in range(CHOICES)]
        (self._folder / "credential").write_text(credential, encoding="utf-8")
        (self._folder / "ballot").write_text(json.dumps([selected]), encoding="utf-8")
        files = ("--privcred", "credential", "--ballot", "ballot")
        ballot = self._run("election", "generate-ballot", *files)
        self._run("archive", "add-event", "--type=Ballot", given=ballot)

    def verify(self) -> None:
        self._run("election", "verify")

    def _rename(self, pattern: str, name: str) -> Path:
        (path,) = self._folder.glob(pattern)
        return path.rename(self._folder / name)

    def _run(self, *arguments: str, given: str = "") -> str:
        done = subprocess.run(
            [TOOL, *arguments],
            cwd=self._folder,
            input=given,
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"BELENIOS_USE_URANDOM": "1"},
        )
        return done.stdout


def belenios_seconds(options: argparse.Namespace) -> float:
    with tempfile.TemporaryDirectory() as folder:
        election = Belenios(Path(folder), options.group)
        for number, credential in enumerate(election.set_up(options.ballots)):
            election.vote(credential, number)
        started = time.perf_counter()
        election.verify()
        return time.perf_counter() - started


def facevote_seconds(options: argparse.Namespace) -> float:
    made = simulate(Shape(voters=options.ballots, choices=CHOICES, registrars=1))
    cut = next(event.seq for event in made.events if event.kind is BoardEventKind.CLOSE)
    with tempfile.TemporaryDirectory() as folder:
        board = Path(folder) / "board.jsonl"
        board.write_bytes(b"".join(event.line + b"\n" for event in made.events[:cut]))
        program = ROOT / "verifier/verify_election.py"
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, program, board, "--in-progress"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return time.perf_counter() - started


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--ballots", type=int, default=100)
    parser.add_argument("--group", default="BELENIOS-2048", help="the group of Belenios")
    options = parser.parse_args()
    if shutil.which(TOOL) is None:
        figures.show({"belenios_seconds": None}, as_json=options.json)
        return
    measured = {
        "ballots": options.ballots,
        "belenios_seconds": round(belenios_seconds(options), 2),
        "facevote_seconds": round(facevote_seconds(options), 2),
    }
    figures.show(measured, as_json=options.json)


if __name__ == "__main__":
    main()
