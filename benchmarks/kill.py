"""Kills the web process while ballots are cast at full rate, round after round, and looks.

    python benchmarks/kill.py [--database sqlite|postgresql] [--rounds 100] [--json]

After each round, with the server up again: every receipt that a client was shown is in the box
and on the board, no voter has two ballots, and the chain holds. At the end the election is closed
and counted, the result must hold all of them, and verify_election.py must find nothing.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import polling
from facevote.trials import throwaway

if TYPE_CHECKING:
    from benchmarks.polling import Voter
    from facevote.trials.throwaway import Server
    from voting.models import Election

CLIENTS = 8
LONGEST_ROUND = 0.8
VOTERS_A_ROUND = 75


def one_round(server: Server, voters: list[Voter], chance: random.Random) -> list[Voter]:
    """Those who were shown a receipt before the server was killed under them."""
    shown: list[Voter] = []
    ended = threading.Event()

    def cast(mine: list[Voter]) -> None:
        for voter in mine:
            if ended.is_set():
                return
            if polling.post(server.port, voter) == 200:
                shown.append(voter)

    threads = [
        threading.Thread(target=cast, args=(voters[first::CLIENTS],)) for first in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    time.sleep(chance.uniform(0.1, LONGEST_ROUND))
    server.kill()
    ended.set()
    for thread in threads:
        thread.join()
    return shown


def check_receipts(election: Election, shown: list[Voter]) -> None:
    from voting import selectors
    from voting.crypto.chain import START, Event, Kind
    from voting.models import CastBallot

    box = CastBallot.objects.filter(election=election)
    held = list(box.values_list("tracker", "credential"))
    if len({credential for _tracker, credential in held}) != len(held):
        raise SystemExit("a voter has two ballots")
    last, on_board = START, set()
    for line in selectors.board_file(election):
        event = Event.from_line(line.rstrip(b"\n"))
        if event.prev != last:
            raise SystemExit("the board's chain is broken")
        last = event.hash
        if event.kind is Kind.BALLOT:
            on_board.add(event.body["tracker"])
    trackers = {tracker for tracker, _credential in held}
    if trackers != on_board:
        raise SystemExit("the box and the board differ")
    missing = {voter.tracker for voter in shown} - trackers
    if missing:
        raise SystemExit(f"{len(missing)} receipts that were shown are not in the box")


def count_and_verify(election: Election, data: Path) -> int:
    """The number of ballots in the released result, after verify_election.py has read it."""
    from django.utils import timezone

    from accounts.models import User
    from voting import selectors
    from voting.models import CastBallot, Election
    from voting.services import counting, life_cycle

    official, now = User.objects.get(username="official"), timezone.now()
    current = Election.objects.get(pk=election.pk)
    life_cycle.close_election(current, actor=official, now=now)
    counting.order_count(current, actor=official)
    counting.count(current, now=now)
    current.refresh_from_db()
    life_cycle.release_result(current, actor=official, now=now)
    board = data / "board.jsonl"
    board.write_bytes(b"".join(selectors.board_file(current)))
    subprocess.run(
        [sys.executable, throwaway.ROOT / "verify_election.py", board],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return CastBallot.objects.filter(election=current, live=True).count()


def measure(options: argparse.Namespace) -> dict[str, Any]:
    chance = random.Random(options.seed)
    with throwaway.site(options.database) as data:
        number = options.rounds * VOTERS_A_ROUND
        election, voters = polling.open_election(voters=number, choices=2)
        shown: list[Voter] = []
        with throwaway.server(data) as server:
            for turn in range(options.rounds):
                mine = voters[turn * VOTERS_A_ROUND : (turn + 1) * VOTERS_A_ROUND]
                shown += one_round(server, mine, chance)
                server.start()
                check_receipts(election, shown)
        ballots = count_and_verify(election, data)
    return {
        "database": options.database,
        "rounds": options.rounds,
        "receipts_shown": len(shown),
        "ballots_counted": ballots,
        "lost": 0,
        "twice": 0,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Kill the server while it takes ballots.")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(options)
    print(json.dumps(figures) if options.json else figures)


if __name__ == "__main__":
    main()
