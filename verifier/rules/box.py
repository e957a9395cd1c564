"""The ballot box: who has cast what, and the check of all ballots in several processes.

docs/cryptography.md, sections 4, 6 and 7.
"""

from __future__ import annotations

import json
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from verifier.rules.ballot import check_ballot, fold, read_ballot, read_ciphertexts, tracker_of
from verifier.rules.group import add, subtract
from verifier.rules.strict import FAULTS, HEX, ID, in_words, items, keys, require, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.rules.manifest import Manifest, Rows
    from verifier.rules.roll import Roll
    from verifier.rules.strict import Json

    Outcome = tuple[list["Finding"], Rows]

AT_A_TIME = 100  # what one process checks before it takes more
WAITING = 8  # packets for each process that may wait before reading goes on


class Finding(NamedTuple):
    """One problem: its line in the file (from 1), the kind of event there, and what is wrong."""

    line: int
    event: str
    problem: str


class Cast(NamedTuple):
    """A ballot whose proofs are still to be checked. `data` is the line of its event."""

    line: int
    data: bytes
    asked: list[int]
    points: tuple[str, ...]


class Last(NamedTuple):
    """A voter's last ballot. Its line begins at `offset` of the file."""

    tracker: str
    offset: int
    asked: list[int]


class BallotBox:
    """What has been cast and opened. The methods raise Problem or another of FAULTS."""

    def __init__(self, manifest: Manifest, roll: Roll, processes: int) -> None:
        self.ballots = 0
        self.spoils = 0
        self.counted = [0] * len(manifest.contests)  # voters who have cast, for each contest
        self.last: dict[str, Last] = {}  # of each credential that has cast
        self.checks = Checks(manifest, processes)
        self._superseded: list[Last] = []
        self._trackers: set[str] = set()  # cast or opened
        self._alphas: set[str] = set()
        self._manifest = manifest
        self._roll = roll

    def cast(self, body: Json, line: int, offset: int, data: bytes) -> None:
        """A `ballot` event, which is line `line` of the file. Its proofs are checked later."""
        keys(body, "ballot supersedes tracker")
        ballot = read_ballot(self._manifest, body["ballot"])
        credential, tracker = text(ballot["credential"], ID), body["tracker"]
        require(credential in self._roll.entries, "the voter is not on the roll")
        entry = self._roll.entries[credential]
        require(tracker == tracker_of(self._manifest, ballot), "the tracker is not the ballot's")
        require(tracker not in self._trackers, "cast or opened before")
        before = self.last.get(credential)
        require(before is None or self._manifest.revote, "a second ballot of one voter")
        supersedes = before.tracker if before else None
        require(body["supersedes"] == supersedes, "supersedes another ballot")
        asked = self._manifest.asked(entry.group)
        require(asked, "the voter's group votes in no contest")
        items(ballot["contests"], len(asked), len(asked))
        self._use_alphas(ballot["contests"])
        if before:
            self._superseded.append(before)
        else:
            self.counted = [n + (i in asked) for i, n in enumerate(self.counted)]
        self.last[credential] = Last(tracker, offset, asked)
        self._trackers.add(tracker)
        self.ballots += 1
        self.checks.add(Cast(line, data, asked, entry.points))

    def spoil(self, body: Json) -> None:
        """A `spoil` event."""
        tracker = text(keys(body, "tracker")["tracker"], HEX)
        require(tracker not in self._trackers, "cast or opened before")
        self._trackers.add(tracker)
        self.spoils += 1

    def sums(self, line_at: Callable[[int], bytes]) -> Outcome:
        """The problems of all ballots so far, and the sums of those that count.

        `line_at` gives the line that begins at an offset of the file.
        """
        problems, total = self.checks.finish()
        sums = [list(row) for row in total]
        for ballot in self._superseded:
            value = json.loads(line_at(ballot.offset))["body"]["ballot"]
            try:
                rows = [
                    read_ciphertexts(self._manifest.contests[index], answer)
                    for index, answer in zip(ballot.asked, value["contests"], strict=True)
                ]
            except FAULTS:
                continue  # a problem already, where the ballot stands
            fold(sums, ballot.asked, rows, subtract)
        return problems, sums

    def _use_alphas(self, contests: Json) -> None:
        for contest in contests:
            for alpha, _beta in contest["ciphertexts"]:
                require(alpha not in self._alphas, "a ciphertext that was used before")
                self._alphas.add(alpha)


class Checks:
    """Ballots on their way to the processes that check them, and what these have found."""

    def __init__(self, manifest: Manifest, processes: int) -> None:
        self.checked = 0
        self._manifest = manifest
        self._processes = processes
        self._packet: list[Cast] = []
        self._pool: ProcessPoolExecutor | None = None
        self._waiting: deque[tuple[Future[Outcome], int]] = deque()
        self._problems: list[Finding] = []
        self._sums = manifest.no_sums()

    def add(self, ballot: Cast) -> None:
        """Take one more ballot; with a full packet, hand the packet on."""
        if len(self._packet) >= AT_A_TIME:
            self._hand_on()
        self._packet.append(ballot)

    def finish(self) -> Outcome:
        """The problems found since the last call, and the sums of all ballots taken so far."""
        if self._pool is None:
            self._take(check_ballots(self._manifest, self._packet), len(self._packet))
            self._packet = []
        elif self._packet:
            self._hand_on()
        while self._waiting:
            self._await_first()
        self.close()
        problems, self._problems = self._problems, []
        return problems, self._sums

    def close(self) -> None:
        """End the processes."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _hand_on(self) -> None:
        packet, self._packet = self._packet, []
        if self._processes == 1:
            self._take(check_ballots(self._manifest, packet), len(packet))
            return
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._processes, initializer=_begin, initargs=(self._manifest,)
            )
        self._waiting.append((self._pool.submit(_check_packet, packet), len(packet)))
        if len(self._waiting) > WAITING * self._processes:
            self._await_first()

    def _await_first(self) -> None:
        future, count = self._waiting.popleft()
        self._take(future.result(), count)

    def _take(self, outcome: Outcome, count: int) -> None:
        self._problems += outcome[0]
        fold(self._sums, range(len(self._sums)), outcome[1], add)
        self.checked += count


def check_ballots(manifest: Manifest, packet: list[Cast]) -> Outcome:
    """The problems of these ballots, and the sums of all of them that could be read."""
    problems: list[Finding] = []
    sums = manifest.no_sums()
    for cast in packet:
        try:
            ballot = json.loads(cast.data)["body"]["ballot"]
            rows = check_ballot(manifest, ballot, cast.asked, cast.points)
            fold(sums, cast.asked, rows, add)
        except FAULTS as error:
            problems.append(Finding(cast.line, "ballot", in_words(error)))
    return problems, sums


_ours: list[Manifest] = []  # in a process of the pool, the manifest of its ballots


def _begin(manifest: Manifest) -> None:
    _ours.append(manifest)


def _check_packet(packet: list[Cast]) -> Outcome:
    return check_ballots(_ours[0], packet)
