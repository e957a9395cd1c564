"""Many voters at once: real JPEGs through real sockets into a real server process.

    python -m benchmarks.speed.load [--voters 30] [--rate 8] [--seconds 30] [--clip VIDEO] [--json]
        [--plot FILE]

There are two parts. First --voters stream without end, --rate frames a second each (FRAMES_NEEDED
is out of reach): this gives the replies a second, their latency and the event loop's lag. Then, on
a server of its own, each voter signs in, is verified and begins again at once: this gives the
verifications an hour, sign-in included, and how long after the server's start the first frame was
answered and the first verdict had come.

The clip's person is enrolled from its first half; the second half is streamed. No movements are
asked for (CHALLENGE_LOGIN=passive), since a clip cannot follow them. The voters run in this
process, on the same cores as the server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.harness import figures, throwaway
from benchmarks.harness.clips import pictures_of, scaled
from benchmarks.harness.enrolled import enrol, forgive, reference_of
from benchmarks.harness.places import SHARED_DATA
from benchmarks.harness.voter import visit
from biometrics.engine.images import encode_jpeg
from biometrics.engine.whole_files import write_figure
from biometrics.training.matching.plots import new_figure

if TYPE_CHECKING:
    from collections.abc import Mapping

CLIP = SHARED_DATA / "video" / "person_c" / "bona_fide.mp4"
LONGER_SIDE = 640
JPEG_QUALITY = 85
# Long enough to end a verification that has begun.
GRACE_SECONDS = 3.0


@dataclass
class LoadCounts:
    """What voters saw: replies in milliseconds, verdicts, and when the first answer came."""

    replies: list[float] = field(default_factory=list)
    verified: int = 0
    refused: int = 0
    seconds: float = 0.0
    first_answer: float = math.inf


class Playing:
    """The clip over and over; `first_answer` is the time of the first reply to a frame."""

    def __init__(self, frames: list[bytes], at: int) -> None:
        self.frames, self.at = frames, at
        self.first_answer = math.inf

    def frame(self, answer: Mapping[str, Any]) -> bytes:
        if answer["type"] == "frame":
            self.first_answer = min(self.first_answer, time.perf_counter())
        self.at = (self.at + 1) % len(self.frames)
        return self.frames[self.at]


def jpegs(clip: Path) -> list[bytes]:
    """Every picture of the clip in the size that the page sends."""
    return [
        encode_jpeg(scaled(picture, longer_side=LONGER_SIDE), quality=JPEG_QUALITY)
        for picture in pictures_of(clip)
    ]


def enrol_all(frames: list[bytes], voters: int) -> None:
    """The same face for every voter. SystemExit if it cannot be enrolled."""
    from biometrics.engine_loader import load_engine

    reference = reference_of(load_engine(), frames[:: max(1, len(frames) // 6)])
    if reference is None:
        raise SystemExit("no face of the clip's first half can be enrolled")
    for number in range(voters):
        enrol(f"voter-{number}", reference)


async def voter(
    url: str, number: int, frames: list[bytes], until: float, rate: float
) -> LoadCounts:
    """One voter's face steps, one after the other, until the clock says `until`."""
    tally, name = LoadCounts(), f"voter-{number}"
    await asyncio.sleep(number / rate / 8)
    while time.perf_counter() < until:
        player = Playing(frames, (number * 7) % len(frames))
        visited = await visit(url, name, player, pace=rate, until=until + GRACE_SECONDS)
        tally.replies += visited.replies
        tally.first_answer = min(tally.first_answer, player.first_answer)
        tally.verified += visited.verified
        tally.refused += visited.verdict.get("verified") is False
        if not visited.verified:
            await asyncio.to_thread(forgive, name)
    return tally


async def crowd(url: str, frames: list[bytes], options: argparse.Namespace) -> LoadCounts:
    started = time.perf_counter()
    until = started + options.seconds
    work = [voter(url, number, frames, until, options.rate) for number in range(options.voters)]
    parts = await asyncio.gather(*work)
    whole = LoadCounts(seconds=time.perf_counter() - started)
    for part in parts:
        whole.replies += part.replies
        whole.verified += part.verified
        whole.refused += part.refused
        whole.first_answer = min(whole.first_answer, part.first_answer)
    return whole


def measure(options: argparse.Namespace) -> dict[str, Any]:
    frames = jpegs(options.clip)
    half = len(frames) // 2
    with throwaway.site(
        CHALLENGE_LOGIN="passive", MAX_SOCKETS=str(options.voters + 5), WARM_ENGINE="on"
    ) as data:
        enrol_all(frames[:half], options.voters)
        streamed = _streaming(data, frames[half:], options)
        return streamed | _verifying(data, frames[half:], options)


def _streaming(data: Path, frames: list[bytes], options: argparse.Namespace) -> dict[str, Any]:
    os.environ |= {"LAG_FILE": str(data / "lag.json"), "FRAMES_NEEDED": "100000"}
    with throwaway.server(data, application="benchmarks.speed.lag:application") as server:
        tally = asyncio.run(crowd(server.url, frames, options))
        memory = _rss_mb(server.pid)
        lag = json.loads((data / "lag.json").read_text(encoding="utf-8"))
    if options.plot:
        plot({"reply to a frame": tally.replies, "event loop late": lag}, options.plot)
    return _figures(options, tally, lag) | {"rss_mb": memory}


def _verifying(data: Path, frames: list[bytes], options: argparse.Namespace) -> dict[str, Any]:
    os.environ["FRAMES_NEEDED"] = "10"
    started = time.perf_counter()
    with throwaway.server(data) as server:
        first = asyncio.run(crowd(server.url, frames, _one_voter()))
        verdict = time.perf_counter()
        tally = asyncio.run(crowd(server.url, frames, options))
    return {
        "verified": tally.verified,
        "refused": tally.refused,
        "verifications_per_hour": round(tally.verified / tally.seconds * 3600),
        "start_to_first_answer_seconds": round(first.first_answer - started, 2),
        "start_to_first_verdict_seconds": round(verdict - started, 2),
    }


def _one_voter() -> argparse.Namespace:
    return argparse.Namespace(voters=1, rate=8.0, seconds=0.1)


def _figures(options: argparse.Namespace, tally: LoadCounts, lag: list[float]) -> dict[str, Any]:
    p50, p95, p99 = (round(float(np.percentile(tally.replies, at)), 1) for at in (50, 95, 99))
    return {
        "voters": options.voters,
        "frames_per_second_each": options.rate,
        "challenge": "passive",
        "replies_per_second": round(len(tally.replies) / tally.seconds, 1),
        "reply_ms_p50": p50,
        "reply_ms_p95": p95,
        "reply_ms_p99": p99,
        "loop_lag_ms_p99": round(float(np.percentile(lag, 99)), 2),
    }


def _rss_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return round(int(line.split()[1]) / 1024, 1)


def plot(waited: dict[str, list[float]], path: Path) -> None:
    """The share of waits, in milliseconds, that were no longer."""
    figure, axes = new_figure()
    for name, times in waited.items():
        axes.ecdf(times, label=name)
    axes.set(xlabel="milliseconds", ylabel="share", xscale="log", title="Many voters at once")
    axes.legend()
    write_figure(path, figure)


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--voters", type=int, default=30)
    parser.add_argument("--rate", type=float, default=8.0, help="frames a second of each voter")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--clip", type=Path, default=CLIP)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    figures.show(measure(options), as_json=options.json)


if __name__ == "__main__":
    main()
