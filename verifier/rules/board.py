"""The board of an election: its events in order, and what each of them must be.

docs/cryptography.md, sections 7 and 8. The parts of an election: roll.py, endorsements.py, box.py,
statements.py and counting.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.rules.box import BallotBox, Finding
from verifier.rules.counting import Count
from verifier.rules.endorsements import Endorsements
from verifier.rules.manifest import Manifest, read_manifest
from verifier.rules.roll import Roll
from verifier.rules.statements import Statements
from verifier.rules.strict import (
    FAULTS,
    MAX_NUMBER,
    Problem,
    dump,
    in_words,
    keys,
    load,
    require,
    sha256,
    whole,
)
from verifier.rules.texts import hour, moment, officials

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.rules.strict import Json

# The last milestone of the board, and the kinds of event that may follow it.
NEXT = {
    "start": "open",
    "open": "endorse waive roll override extend ballot spoil close head witness",
    "close": "tally head witness",
    "tally": "decryption result head witness",
    "result": "head witness forget",
}
FORMAT_1 = ["open", "roll", "ballot", "spoil", "close", "tally", "decryption", "result", "head"]
LONGEST = 4 * 2**20
LONGEST_ROLL = 512 * 2**20


@dataclass(frozen=True, slots=True)
class Event:
    """An event in its outer form. `data` is its line, which begins at `offset` of the file."""

    body: Json
    hour: str
    data: bytes
    offset: int


class Parts:
    """What there is once the manifest has been read."""

    def __init__(self, manifest: Manifest, hashes: list[str], processes: int) -> None:
        self.manifest = manifest
        self.roll = Roll(manifest)
        self.endorsements = Endorsements(manifest)
        self.box = BallotBox(manifest, self.roll, processes)
        self.statements = Statements(manifest, hashes)
        self.closes = manifest.closes
        self.count: Count | None = None


class Election:
    """Sections 6 and 7: the events in their order. `problems` holds what was found wrong.

    The proofs of the ballots are checked meanwhile in other processes (`finish`). The private
    methods raise Problem or another of FAULTS, which `read` and `check_published` catch.
    """

    def __init__(self, processes: int = 1) -> None:
        self.problems: list[Finding] = []
        self.hashes: list[str] = []  # of every line
        self.kind = ""  # of the last line
        self.milestone = "start"
        self.hour = ""
        self.overrides = 0
        self.extensions = 0
        self.forgotten = False
        self.parts: Parts | None = None
        self.unreadable = ""  # why this is not the file as it was downloaded
        self._processes = processes
        self._tally_line = 0

    @property
    def manifest(self) -> Manifest | None:
        return self.parts.manifest if self.parts else None

    @property
    def count(self) -> Count | None:
        return self.parts.count if self.parts else None

    @property
    def result(self) -> Json:
        return self.count.result if self.count else None

    def read(self, data: bytes, offset: int) -> None:
        """Read the next line, without its line feed. What is wrong becomes a problem."""
        before, self.kind = self.kind, "?"
        self.hashes.append(sha256(data))
        try:
            self._read_event(data, offset, before)
        except FAULTS as error:
            self.report(in_words(error))

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
            self.report(fault)

    def check_published(self, value: Json) -> None:
        """Check that a statement published elsewhere is signed, and that this file continues it."""
        try:
            self._parts().statements.check_published(value)
        except FAULTS as error:
            self.problems.append(Finding(len(self.hashes), "published", in_words(error)))

    def finish(self, line_at: Callable[[int], bytes]) -> None:
        """Wait for the proofs of all ballots, and check the sums of those counted.

        `line_at` gives the line that begins at an offset of the file.
        """
        if self.parts is None:
            return
        problems, sums = self.parts.box.sums(line_at)
        self.problems += problems
        if self.count and self.count.sums and self.count.sums != sums:
            wrong = "not the sums of the counted ballots"
            self.problems.append(Finding(self._tally_line, "tally", wrong))

    def report(self, problem: str) -> None:
        """Note a problem of the line that was read last."""
        self.problems.append(Finding(len(self.hashes), self.kind, problem))

    def _read_event(self, data: bytes, offset: int, before: str) -> None:
        """Raises Problem or another of FAULTS. The chain is checked last, after the body."""
        require(len(data) <= LONGEST_ROLL, "a line that is too long")
        value = keys(load(data), "body hour kind prev seq")
        kind = value["kind"]
        follows = isinstance(kind, str) and kind in NEXT[self.milestone].split()
        known = follows and self._known(kind)
        require(known, f"{kind!s:.20} may not come after {self.milestone}")
        self.kind = kind
        self.milestone = kind if kind in NEXT else self.milestone
        require(kind in ("open", "roll") or len(data) <= LONGEST, "a line that is too long")
        require(kind != "head" or before != "head", "a head directly after a head")
        seq = len(self.hashes) - 1
        is_next = whole(value["seq"], 0, MAX_NUMBER) == seq
        require(is_next, f"is number {value['seq']}, not {seq}")
        now = hour(value["hour"])
        READERS[kind](self, Event(value["body"], now, data, offset))
        require(value["prev"] == (self.hashes[seq - 1] if seq else "0" * 64), "chain broken")
        require(now >= self.hour, "the hours go back")
        self.hour = now

    def _known(self, kind: str) -> bool:
        """Whether this election's format has such an event."""
        return self.manifest is None or self.manifest.number == 2 or kind in FORMAT_1

    def _parts(self) -> Parts:
        if self.parts is None:
            raise Problem("the manifest could not be read")
        return self.parts

    def _count(self) -> Count:
        if self.count is None:
            raise Problem("the close could not be read")
        return self.count

    def _read_open(self, event: Event) -> None:
        body = keys(event.body, "manifest roll")
        self.parts = Parts(read_manifest(body["manifest"]), self.hashes, self._processes)
        self.parts.roll.open(body["roll"])

    def _read_endorse(self, event: Event) -> None:
        self._require_no_ballots()
        self._parts().endorsements.endorse(event.body)

    def _read_waive(self, event: Event) -> None:
        self._require_no_ballots()
        self._parts().endorsements.waive(event.body)

    def _require_no_ballots(self) -> None:
        box = self._parts().box
        require(not box.ballots + box.spoils, "comes after the first ballot")

    def _read_roll(self, event: Event) -> None:
        parts = self._parts()
        parts.roll.change(event.body, parts.box.last)

    def _read_override(self, event: Event) -> None:
        body = keys(event.body, "approved_by number")
        officials(body["approved_by"], 2)
        number = whole(body["number"], 1, MAX_NUMBER)
        require(number == self.overrides + 1, f"is override {number}, not {self.overrides + 1}")
        self.overrides = number

    def _read_extend(self, event: Event) -> None:
        parts = self._parts()
        body = keys(event.body, "approved_by closes")
        officials(body["approved_by"], 2)
        later = moment(body["closes"])
        require(parts.closes is not None, "there is no closing time to extend")
        require(parts.closes is None or later > parts.closes, "closes earlier than before")
        parts.closes = later
        self.extensions += 1

    def _read_ballot(self, event: Event) -> None:
        parts = self._parts()
        require(parts.endorsements.complete, "not all trustees have endorsed the election")
        parts.box.cast(event.body, len(self.hashes), event.offset, event.data)

    def _read_spoil(self, event: Event) -> None:
        parts = self._parts()
        require(parts.endorsements.complete, "not all trustees have endorsed the election")
        parts.box.spoil(event.body)

    def _read_head(self, event: Event) -> None:
        self._parts().statements.read_head(event.body, event.hour)

    def _read_witness(self, event: Event) -> None:
        self._parts().statements.read_witness(event.body)

    def _read_close(self, event: Event) -> None:
        parts = self._parts()
        ballots, counted = parts.box.ballots, len(parts.box.last)
        parts.count = Count(parts.manifest, self.hashes[-1], counted, parts.box.counted)
        parts.statements.closed()
        right = dump(event.body) == dump({"ballots": ballots, "counted": counted})
        require(right, f"the file has {ballots} ballots of {counted} voters, the close has others")

    def _read_tally(self, event: Event) -> None:
        self._tally_line = len(self.hashes)
        self._count().read_tally(event.body)

    def _read_decryption(self, event: Event) -> None:
        quorum = self._parts().statements.has_quorum
        require(quorum, "too few witnesses have signed the close")
        self._count().read_decryption(event.body)

    def _read_result(self, event: Event) -> None:
        self._count().read_result(event.body)

    def _read_forget(self, event: Event) -> None:
        body = keys(event.body, "approved_by voters")
        officials(body["approved_by"], 2)
        require(not self.forgotten, "forgets twice")
        voters = whole(body["voters"], 0, MAX_NUMBER)
        require(voters == len(self._parts().roll.entries), "a wrong number of voters")
        self.forgotten = True


# How the body of each kind of event is read.
READERS: dict[str, Callable[[Election, Event], None]] = {
    "open": Election._read_open,
    "endorse": Election._read_endorse,
    "waive": Election._read_waive,
    "roll": Election._read_roll,
    "override": Election._read_override,
    "extend": Election._read_extend,
    "ballot": Election._read_ballot,
    "spoil": Election._read_spoil,
    "head": Election._read_head,
    "witness": Election._read_witness,
    "close": Election._read_close,
    "tally": Election._read_tally,
    "decryption": Election._read_decryption,
    "result": Election._read_result,
    "forget": Election._read_forget,
}
