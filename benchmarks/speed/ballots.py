"""How fast ballots are encrypted, verified and counted.

    python -m benchmarks.speed.ballots [--json] [--ballots 10000] [--skip NAME …]

encrypt_ms_browser       median time to encrypt and prove a ballot of 10 choices, as voters' pages
                         do it: in a worker of headless Chromium, a fresh worker each time
verify_ms_browser        verifying a whole board there, as trustees and those with receipts do it:
                         time for each of its ballots of 10 choices
verify_ms                median time of the processor to read and verify that ballot in Python
multiply_us              the same of one multiplication of a point, and of G, which verifying mostly
                         consists of: ballots are verified faster where these are faster
verify_election_seconds  verifier/verify_election.py on the finished election of --ballots ballots
trustee_seconds          verifier/trustee_decrypt.py on the same board before its decryption: a
                         trustee's part of the count
casts_per_second         over HTTP to a durable commit, on each database
                         (benchmarks.durability.casting); null where PostgreSQL does not answer
"""

from __future__ import annotations

import functools
import http.server
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.harness import figures, throwaway
from benchmarks.harness.places import ROOT
from facevote.serving import vendor
from voting.crypto import canonical, group
from voting.crypto.ballot import read_ballot, verify_ballot
from voting.crypto.board.chain import BoardEventKind
from voting.crypto.roll import RollEntry
from voting.trials.simulation import Shape, SimulatedElection, simulate

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
)
VOTER = RollEntry("voter-000000")
ROUNDS = 15
BROWSER_BALLOTS = 200


def encrypt_ms_browser(_options: argparse.Namespace) -> float:
    """Also checks that each of these ballots is valid."""
    made = in_browser()["made"]
    for item in made:
        verify_ballot(ten_choices().manifest, VOTER, read_ballot(item["ballot"].encode()))
    return float(statistics.median(item["ms"] for item in made))


def verify_ms_browser(_options: argparse.Namespace) -> float:
    return float(in_browser()["board"] / BROWSER_BALLOTS)


@functools.cache
def in_browser() -> dict[str, Any]:
    """What the page has measured: `made` with a ballot of each round, `board` in milliseconds."""
    from playwright.sync_api import sync_playwright  # these figures alone need a browser

    job = {
        "manifest": ten_choices().manifest.to_dict(),
        "voter": {"credential": VOTER.credential, "group": "", "keys": [], "codes": []},
        "selections": {"contest": ["choice-3"]},
        "rounds": ROUNDS,
    }
    board = simulate(Shape(voters=BROWSER_BALLOTS, choices=10)).file
    with served(job, board) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))
        page = browser.new_page()
        page.goto(address)
        while page.title() not in ("done", "failed"):
            page.wait_for_timeout(100)
        if page.title() == "failed":
            raise RuntimeError(page.evaluate("() => globalThis.failure"))
        measured: dict[str, Any] = page.evaluate("() => globalThis.measured")
        browser.close()
    return measured


def verify_ms(_options: argparse.Namespace) -> float:
    election = ten_choices()
    event = next(event for event in election.events if event.kind is BoardEventKind.BALLOT)
    data = canonical.encode(event.body["ballot"])
    times = []
    for _ in range(100):
        started = time.process_time()
        verify_ballot(election.manifest, VOTER, read_ballot(data))
        times.append(time.process_time() - started)
    return statistics.median(times) * 1000


def multiply_us(_options: argparse.Namespace) -> dict[str, float]:
    scalars = [group.random_scalar() for _ in range(1000)]
    point = group.base(scalars[0])
    return {
        "of a point": _median_us(lambda scalar: group.multiply(scalar, point), scalars),
        "of G": _median_us(group.base, scalars),
    }


def _median_us(multiply: Callable[[int], bytes], scalars: list[int]) -> float:
    times = []
    for scalar in scalars:
        started = time.process_time()
        multiply(scalar)
        times.append(time.process_time() - started)
    return round(statistics.median(times) * 1e6, 1)


def verify_election_seconds(options: argparse.Namespace) -> float:
    election = many_ballots(options.ballots)
    with tempfile.TemporaryDirectory() as folder:
        board, head = Path(folder) / "board.jsonl", Path(folder) / "head.json"
        board.write_bytes(election.file)
        head.write_bytes(election.head.to_json())
        command: list[str | Path] = [sys.executable, ROOT / "verifier/verify_election.py"]
        command += [board, "--head", head]
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - started


def trustee_seconds(options: argparse.Namespace) -> float:
    """The trustee has checked the key before, and says yes to the question at once."""
    election = many_ballots(options.ballots)
    first = next(e.seq for e in election.events if e.kind is BoardEventKind.DECRYPTION)
    with tempfile.TemporaryDirectory() as folder:
        board, key = Path(folder) / "board.jsonl", Path(folder) / "key.json"
        board.write_bytes(b"".join(event.line + b"\n" for event in election.events[:first]))
        key.write_bytes(election.key_files[0].to_json() + b"\n")
        command: list[str | Path] = [sys.executable, ROOT / "verifier/trustee_decrypt.py"]
        command += [key, board, "--out", Path(folder) / "message.json"]
        started = time.perf_counter()
        subprocess.run(command, check=True, input=b"yes\n", stdout=subprocess.DEVNULL)
        return time.perf_counter() - started


def casts_per_second(options: argparse.Namespace) -> dict[str, float | None]:
    """Each database in a process of its own, since a process serves one site."""
    return {
        "sqlite": _casts("sqlite", options.casts),
        "postgresql": _casts("postgresql", options.casts)
        if throwaway.postgresql_answers()
        else None,
    }


def _casts(database: str, voters: int) -> float:
    command = [sys.executable, "-m", "benchmarks.durability.casting", "--json"]
    command += ["--database", database, "--voters", str(voters)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout)["casts_per_second"])


FIGURES: dict[str, Callable[[argparse.Namespace], Any]] = {
    "encrypt_ms_browser": encrypt_ms_browser,
    "verify_ms_browser": verify_ms_browser,
    "verify_ms": verify_ms,
    "multiply_us": multiply_us,
    "verify_election_seconds": verify_election_seconds,
    "trustee_seconds": trustee_seconds,
    "casts_per_second": casts_per_second,
}


@functools.cache
def many_ballots(voters: int) -> SimulatedElection:
    return simulate(Shape(voters=voters, choices=10))


@functools.cache
def ten_choices() -> SimulatedElection:
    return simulate(Shape(voters=1, choices=10))


@contextmanager
def served(job: dict[str, Any], board: bytes) -> Iterator[str]:
    """The address of the page, served with the ballot modules and their libraries.

    `job` is what the page reads from /job.json, `board` the file that it verifies.
    """
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        (site / "static").mkdir()
        (site / "static" / "js").symlink_to(ROOT / "static" / "js")
        vendor.lay_out(ROOT / "node_modules", site / "static" / "vendor")
        for name in ("ballot_page.html", "ballot_page.js"):
            (site / name).symlink_to(Path(__file__).with_name(name))
        (site / "job.json").write_text(json.dumps(job), encoding="utf-8")
        (site / "board.jsonl").write_bytes(board)
        handler = functools.partial(QuietHandler, directory=folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/ballot_page.html"
        finally:
            server.shutdown()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        return


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--ballots", type=int, default=10_000)
    parser.add_argument("--casts", type=int, default=500, help="voters for casts_per_second")
    parser.add_argument("--skip", action="append", default=[], choices=list(FIGURES))
    options = parser.parse_args()
    measured: dict[str, Any] = {"ballots": options.ballots}
    for name, measure in FIGURES.items():
        if name not in options.skip:
            figure = measure(options)
            measured[name] = round(figure, 2) if isinstance(figure, float) else figure
    figures.show(measured, as_json=options.json)


if __name__ == "__main__":
    main()
