"""Whether the proofs of ballots should be verified in batches: with this group library, no.

    python -m benchmarks.studies.batched_proofs [--points 512] [--json]

The proofs of a ballot hold challenges, and a verifier computes the commitments that each challenge
is a hash of. So only proofs that hold their commitments as well, and are twice as long, could be
verified in a batch. And nothing would be gained: a batch replaces many equations by one sum of
multiples of all points, with random factors, and spends less on that sum than on the multiples one
by one (N. Pippenger, "On the Evaluation of Powers and Monomials", 1980). rbcl offers no such sum:
it has to be made of single additions, and each of these decodes two points and encodes one, which
costs a third of a multiplication. So a bucket method over rbcl is compared here with multiplying
one by one.
"""

from __future__ import annotations

import itertools
import statistics
import time
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.harness import figures
from voting.crypto import group

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SCALAR_BITS = 253


def one_by_one(scalars: Sequence[int], points: Sequence[bytes]) -> bytes:
    """The sum of each scalar times its point."""
    return group.total(
        group.multiply(scalar, point) for scalar, point in zip(scalars, points, strict=True)
    )


def in_buckets(scalars: Sequence[int], points: Sequence[bytes], width: int) -> bytes:
    """The same sum: all points with the same `width` bits of the scalar are added up first."""
    total = group.IDENTITY
    for start in reversed(range(0, SCALAR_BITS, width)):
        for _ in range(width):
            total = group.add(total, total)
        buckets: dict[int, bytes] = {}
        for scalar, point in zip(scalars, points, strict=True):
            digit = scalar >> start & (1 << width) - 1
            if digit:
                buckets[digit] = group.add(buckets[digit], point) if digit in buckets else point
        running = step = group.IDENTITY
        for digit in reversed(range(1, 1 << width)):
            if digit in buckets:
                running = group.add(running, buckets[digit])
            step = group.add(step, running)
        total = group.add(total, step)
    return total


def measure(number: int, rounds: int = 3) -> dict[str, float]:
    points = [group.base(group.random_scalar()) for _ in range(number)]
    scalars = [group.random_scalar() for _ in range(number)]
    right = one_by_one(scalars, points)
    rows = {
        "one by one, microseconds a point": _micros(lambda: one_by_one(scalars, points), number)
    }
    for width in (4, 6, 8):
        if in_buckets(scalars, points, width) != right:
            raise RuntimeError("the two sums differ")
        rows[f"buckets of {width} bits, microseconds a point"] = _micros(
            partial(in_buckets, scalars, points, width), number, rounds
        )
    rows["one addition, microseconds"] = _micros(
        lambda: [group.add(left, right) for left, right in itertools.pairwise(points)],
        number,
    )
    return rows


def _micros(work: Callable[[], object], number: int, rounds: int = 3) -> float:
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times) / number * 1e6


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--points", type=int, default=512)
    options = parser.parse_args()
    figures.show(measure(options.points), as_json=options.json)


if __name__ == "__main__":
    main()
