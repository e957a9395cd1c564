"""Whether each lie of a server, or of a trustee, in one message of an election is noticed.

    python -m benchmarks.attacks.lying_server [--trials 10000] [--seed 1] [--json]

Half of the trials are key ceremonies with one lie, the other half lies about ballots, receipts,
witnesses' statements, decryptions and opened ballots. A lie that nobody noticed, or after which
somebody other than the liar was found at fault, makes the exit code 1. For lies about whole boards
see `manage.py mutate_election`.
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

from tqdm import tqdm

from benchmarks.harness import figures
from voting.trials.ballot_lies import lie_about_ballots
from voting.trials.lies import lie_in_ceremony


def run(trials: int, seed: int) -> dict[str, Any]:
    totals = {"tried": 0, "noticed": 0, "unnoticed": 0, "wrongly_accused": 0}
    steps: Counter[str] = Counter()
    for trial in tqdm(range(trials), disable=None):
        number = seed * trials + trial
        totals["tried"] += 1
        if trial % 2:
            about = lie_about_ballots(number)
            noticed, steps_key = bool(about.noticed), f"{about.step}: {about.lie}"
        else:
            in_ceremony = lie_in_ceremony(number)
            noticed, steps_key = bool(in_ceremony.noticed), f"{in_ceremony.step}: {in_ceremony.lie}"
            totals["wrongly_accused"] += in_ceremony.accused != in_ceremony.liar
        totals["noticed" if noticed else "unnoticed"] += 1
        steps[steps_key] += 1
    return {**totals, "steps": dict(sorted(steps.items()))}


def main() -> int:
    parser = figures.parser(__doc__)
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    totals = run(options.trials, options.seed)
    figures.show(totals, as_json=options.json)
    return 1 if totals["unnoticed"] or totals["wrongly_accused"] else 0


if __name__ == "__main__":
    sys.exit(main())
