"""Kills the web process again and again while ballots are cast at full rate.

    python -m benchmarks.durability.kill [--database sqlite|postgresql] [--rounds 100] [--json]

After each round, with the server up again: every receipt that a client was shown is in the box
and on the board, no voter has two ballots, and the chain holds. At the end the election is closed
and counted. The result must hold all of the ballots, and verifier/verify_election.py must find
nothing wrong.

The server is daphne in a process of its own. It is forked from a process that has loaded the
libraries and nothing of the project: otherwise most of a round would be spent on loading them.
"""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from benchmarks.durability import polling
from benchmarks.durability.preloaded import PreloadedServer
from benchmarks.harness import figures, throwaway
from benchmarks.harness.places import ROOT

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.durability.polling import Voter
    from voting.models import Election

CLIENTS = 8
MOST_RECEIPTS = 20
LONGEST_WAIT = 0.03  # about two casts
# A round takes 10.5 receipts on average, and those that were under way when it ended.
VOTERS_A_ROUND = 20
ROUND_SECONDS = 60


def one_round(server: PreloadedServer, voters: Iterator[Voter], chance: random.Random) -> list[str]:
    """The trackers on the receipts that were shown before the server was killed.

    It is killed while it works: after a random number of receipts and a short random wait.
    SystemExit if the server does not cast.
    """
    shown: list[str] = []
    enough = threading.Event()
    wanted = chance.randint(1, MOST_RECEIPTS)

    def cast() -> None:
        while status := polling.post(server.port, voter := next(voters)):
            if status == HTTPStatus.OK:
                shown.append(voter.tracker)
            if len(shown) >= wanted:
                enough.set()

    threads = [threading.Thread(target=cast) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    if not enough.wait(ROUND_SECONDS):
        raise SystemExit(
            f"{len(shown)} receipts in {ROUND_SECONDS} seconds: the server does not cast"
        )
    time.sleep(chance.uniform(0, LONGEST_WAIT))
    server.kill()
    for thread in threads:
        thread.join()
    return shown


def count_and_verify(election: Election, data: Path) -> int:
    """The number of ballots in the released result, after verifier/verify_election.py read it."""
    from django.utils import timezone

    from accounts.models import User
    from voting.board import reading
    from voting.counting import counting
    from voting.elections import life_cycle
    from voting.models import CastBallot, Election, State

    official, now = User.objects.get(username="official"), timezone.now()
    current = Election.objects.get(pk=election.pk)
    if current.state == State.OPEN:
        life_cycle.close_election(current, actor=official, now=now)
    counting.order_count(current, actor=official)
    counting.count(current, now=now)
    current.refresh_from_db()
    life_cycle.release_result(current, actor=official, now=now)
    board = data / "board.jsonl"
    board.write_bytes(b"".join(reading.board_file(current)))
    subprocess.run(
        [sys.executable, ROOT / "verifier/verify_election.py", board],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return CastBallot.objects.filter(election=current, live=True).count()


def measure(options: argparse.Namespace) -> dict[str, Any]:
    chance = random.Random(options.seed)
    with throwaway.site(options.database, **throwaway.in_production()) as data:
        number = (options.rounds + 10) * VOTERS_A_ROUND
        election, voters = polling.open_election(voters=number, choices=2)
        from benchmarks.durability.board_reader import BoardReader

        board, server = BoardReader(election), PreloadedServer(data)
        waiting, shown = iter(voters), list[str]()
        server.start()
        for turn in range(options.rounds):
            shown += one_round(server, waiting, chance)
            server.start()
            board.check(shown)
            if turn % 25 == 24:
                sys.stderr.write(f"{turn + 1} rounds, {len(shown)} receipts shown\n")
        server.kill()
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
    parser = figures.parser(__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    figures.show(measure(options), as_json=options.json)


if __name__ == "__main__":
    main()
