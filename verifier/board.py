"""The board of an election: its events in order, and what each of them must be.

docs/cryptography.md, sections 7 and 8. The sums and their decryption: counting.py.
"""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from verifier import counting, proofs
from verifier.manifest import Manifest, add_rows
from verifier.strict import (
    FAULTS,
    HEX,
    HOUR,
    ID,
    MAX_NUMBER,
    Problem,
    dump,
    keys,
    load,
    require,
    sha256,
    text,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.manifest import Rows
    from verifier.strict import Json

# The last milestone of the board, and the kinds of event that may follow it.
NEXT = {
    "start": "open",
    "open": "roll ballot spoil head close",
    "close": "head tally",
    "tally": "head decryption result",
    "result": "head",
}
BALLOTS_AT_A_TIME = 100  # what one process checks before it takes more


class Finding(NamedTuple):
    """One problem: its line in the file (from 1), the kind of event there, and what is wrong."""

    line: int
    event: str
    problem: str


@dataclass(frozen=True, slots=True)
class Event:
    """An event in its outer form. `data` is its line, without the line feed."""

    body: Json
    hour: Json
    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class CastBallot:
    """A ballot event whose proofs are still to be checked."""

    line: int
    tracker: str
    data: bytes


class Election:
    """Sections 6 and 7: the events in their order. `problems` holds what was found wrong.

    The proofs of the ballots are checked last and all together (`check_proofs`). The private
    methods raise Problem or another of FAULTS, which `read` and `check_published` catch.
    """

    def __init__(self) -> None:
        self.problems: list[Finding] = []
        self.hashes: list[str] = []  # of every line
        self.kind = ""  # of the last line
        self.milestone = "start"
        self.hour = ""
        self.manifest: Manifest | None = None
        self.roll: dict[str, str] = {}  # alias by credential
        self.last_tracker: dict[str, str] = {}  # of each credential that has cast
        self.used_trackers: set[str] = set()  # cast or spoiled
        self.used_alphas: set[str] = set()
        self.ballots: list[CastBallot] = []
        self.tally: Rows | None = None
        self.tally_line = 0
        self.shares: dict[int, counting.Shares] = {}  # of each trustee who has decrypted
        self.result: Json = None

    def read(self, data: bytes) -> None:
        """Read the next line, without its line feed. What is wrong becomes a problem."""
        self.kind = "?"
        self.hashes.append(sha256(data))
        try:
            self._read_event(data)
        except FAULTS as error:
            has_text = isinstance(error, Problem)
            self._report(str(error) if has_text else f"malformed: {error!r}")

    def check_end(self, rest: bytes, *, in_progress: bool) -> None:
        """Check that nothing is missing at the end. `rest` is what follows the last line feed."""
        fault = ""
        if rest or not self.hashes:
            fault = "the file does not end with a whole line: truncated"
        elif not in_progress and self.milestone != "result":
            fault = "no result: unfinished, or the tail is missing"
        elif not in_progress and self.kind != "head":
            fault = "no signed head at the end: the tail is missing"
        if fault:
            self._report(fault)

    def check_published(self, head: Json) -> None:
        """Check that a head published elsewhere is signed, and that this file continues it."""
        try:
            keys(head, "count election format hash hour signature")
            count = whole(head["count"], 1, MAX_NUMBER)
            self._check_head(count, head["hash"], head["hour"], head["signature"])
            missing = f"promises {count} events: the tail is missing"
            require(count <= len(self.hashes), missing)
            require(self.hashes[count - 1] == head["hash"], "promises another history")
        except FAULTS as error:
            self.problems.append(Finding(len(self.hashes), "published head", str(error)))

    def check_proofs(self, manifest: Manifest, processes: int | None) -> None:
        """Check the proofs of all ballots, in several processes, and the sum of those counted."""
        size = BALLOTS_AT_A_TIME
        check = partial(check_ballots, manifest)
        last = set(self.last_tracker.values())
        items = [(ballot, ballot.tracker in last) for ballot in self.ballots]
        chunks = [items[start : start + size] for start in range(0, len(items), size)]
        if len(chunks) > 1:
            with ProcessPoolExecutor(processes) as pool:
                checked = list(pool.map(check, chunks))
        else:
            checked = [check(chunk) for chunk in chunks]
        sums = manifest.no_sums()
        for problems, part in checked:
            self.problems += problems
            sums = add_rows(sums, part)
        if self.tally and self.tally != sums:
            wrong = "not the sum of the counted ballots"
            self.problems.append(Finding(self.tally_line, "tally", wrong))

    def _report(self, problem: str) -> None:
        self.problems.append(Finding(len(self.hashes), self.kind, problem))

    def _read_event(self, data: bytes) -> None:
        """Raises Problem or another of FAULTS. The chain is checked last, after the body."""
        value = keys(load(data), "body hour kind prev seq")
        kind = value["kind"]
        follows = kind in NEXT[self.milestone].split()
        require(follows, f"a {kind} may not come after {self.milestone}")
        self.kind = kind
        self.milestone = kind if kind in NEXT else self.milestone
        seq = len(self.hashes) - 1
        is_next = whole(value["seq"], 0, MAX_NUMBER) == seq
        require(is_next, f"is number {value['seq']}, not {seq}")
        READERS[kind](self, Event(value["body"], value["hour"], kind, data))
        require(value["prev"] == (self.hashes[seq - 1] if seq else "0" * 64), "chain broken")
        require(text(value["hour"], HOUR) >= self.hour, "the hours go back")
        self.hour = value["hour"]

    def _manifest(self) -> Manifest:
        if self.manifest is None:
            raise Problem("the manifest could not be read")
        return self.manifest

    def _tally(self) -> Rows:
        if self.tally is None:
            raise Problem("the encrypted sums could not be read")
        return self.tally

    def _read_open(self, event: Event) -> None:
        self.manifest = Manifest(keys(event.body, "manifest roll")["manifest"])
        self._change_roll(event.body["roll"], [], self.manifest.roll)

    def _read_roll(self, event: Event) -> None:
        body = keys(event.body, "add approved_by remove roll")
        first, second = body["approved_by"]
        require(first and second and first != second, "needs two different officials")
        voted = self.last_tracker.keys() & set(body["remove"])
        require(not voted, "removes one who has cast a ballot")
        self._change_roll(body["add"], body["remove"], body["roll"])

    def _change_roll(self, added: Json, removed: Json, expected: Json) -> None:
        for credential in removed:
            del self.roll[credential]
        for credential, alias in added:
            require(text(credential, ID) not in self.roll, "somebody twice on the roll")
            shown = text(alias, "(?s).*") != ""
            require(not (shown and self._manifest().hidden), "shows an alias")
            self.roll[credential] = alias
        document = {"format": "facevote-roll-1", "voters": sorted(map(list, self.roll.items()))}
        require(sha256(dump(document)) == expected, "the roll has another hash")

    def _read_ballot(self, event: Event) -> None:
        body, manifest = keys(event.body, "ballot supersedes tracker"), self._manifest()
        ballot = keys(body["ballot"], "contests credential election format")
        expected = ("facevote-ballot-1", manifest.fingerprint)
        require((ballot["format"], ballot["election"]) == expected, "made for another election")
        credential, tracker = ballot["credential"], body["tracker"]
        require(credential in self.roll, "the voter is not on the roll")
        require(tracker == sha256(dump(ballot)), "the tracker is not the ballot's")
        require(tracker not in self.used_trackers, "cast or audited before")
        is_first = credential not in self.last_tracker
        require(is_first or manifest.revote, "a second ballot of one voter")
        before = self.last_tracker.get(credential)
        require(body["supersedes"] == before, "supersedes another ballot")
        self._use_alphas(ballot["contests"])
        self.last_tracker[credential] = tracker
        self.used_trackers.add(tracker)
        self.ballots.append(CastBallot(len(self.hashes), tracker, event.data))

    def _use_alphas(self, contests: Json) -> None:
        for contest in contests:
            for alpha, _beta in contest["ciphertexts"]:
                require(alpha not in self.used_alphas, "a ciphertext that was used before")
                self.used_alphas.add(alpha)

    def _read_spoil(self, event: Event) -> None:
        tracker = text(keys(event.body, "tracker")["tracker"], HEX)
        require(tracker not in self.used_trackers, "cast or audited before")
        self.used_trackers.add(tracker)

    def _read_head(self, event: Event) -> None:
        """Section 7: a head signs all events before it."""
        signature = keys(event.body, "signature")["signature"]
        self._check_head(len(self.hashes) - 1, self.hashes[-2], event.hour, signature)

    def _check_head(self, count: int, last: Json, hour: Json, signature: Json) -> None:
        manifest = self._manifest()
        parts = (manifest.fingerprint_bytes, count, bytes.fromhex(text(last, HEX)), hour)
        proofs.check_schnorr(signature, manifest.board_key, "head", *parts)

    def _read_close(self, event: Event) -> None:
        actual = {"ballots": len(self.ballots), "counted": len(self.last_tracker)}
        right = dump(event.body) == dump(actual)
        require(right, f"the close says {event.body}, the file has {actual}")

    def _read_tally(self, event: Event) -> None:
        self.tally_line = len(self.hashes)
        self.tally = counting.read_sums(self._manifest(), event.body)
        counting.require_counted(event.body["counted"], len(self.last_tracker))

    def _read_decryption(self, event: Event) -> None:
        manifest, sums = self._manifest(), self._tally()
        trustee, shares = counting.read_shares(manifest, event.body, sums, self.shares)
        self.shares[trustee] = shares

    def _read_result(self, event: Event) -> None:
        counted = len(self.last_tracker)
        counting.check_result(self._manifest(), event.body, self._tally(), self.shares, counted)
        self.result = event.body["contests"]


# How the body of each kind of event is read.
READERS: dict[str, Callable[[Election, Event], None]] = {
    "open": Election._read_open,
    "roll": Election._read_roll,
    "ballot": Election._read_ballot,
    "spoil": Election._read_spoil,
    "head": Election._read_head,
    "close": Election._read_close,
    "tally": Election._read_tally,
    "decryption": Election._read_decryption,
    "result": Election._read_result,
}


def check_ballots(
    manifest: Manifest, ballots: list[tuple[CastBallot, bool]]
) -> tuple[list[Finding], Rows]:
    """The problems of these ballots, and the sum of those that count. Runs in its own process."""
    problems: list[Finding] = []
    sums = manifest.no_sums()
    for ballot, counts in ballots:
        try:
            rows = manifest.check_ballot(json.loads(ballot.data)["body"]["ballot"])
            sums = add_rows(sums, rows) if counts else sums
        except FAULTS as error:
            problems.append(Finding(ballot.line, "ballot", str(error)))
    return problems, sums
