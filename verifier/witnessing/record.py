"""What a witness keeps in its folder: the board as it was shown, and what was signed of it.

`board.jsonl` is the copy of the board, `other-board-1.jsonl` and so on are boards that contradict
it, `signed.json` is the last statement of this witness, and `published.jsonl` is all that other
witnesses may read: own statements, and heads that the server has signed.
"""

from __future__ import annotations

import filecmp
import io
import itertools
from typing import TYPE_CHECKING

from verifier.rules.strict import Problem, dump, load
from verifier.secret.files import read_json, replace, write_new

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.rules.strict import Json

BLOCK = 2**20


class Record:
    """The folder of one election. The methods raise OSError, or Problem or another of FAULTS."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self.folder = folder
        self.board = folder / "board.jsonl"
        self.fresh = folder / "board-new.jsonl"  # as it was shown now
        self.published = folder / "published.jsonl"
        self._signed = folder / "signed.json"
        self.board.touch(mode=0o600)
        self.published.touch(mode=0o644)

    def last_signed(self) -> Json:
        """The last statement of this witness, or None."""
        return read_json(self._signed) if self._signed.exists() else None

    def sign(self, statement: Json) -> None:
        """Note a statement before anybody is shown it."""
        replace(self._signed, dump(statement) + b"\n")
        self.publish(statement)

    def publish(self, statement: Json) -> None:
        """Show a statement to the other witnesses, once."""
        line = dump(statement) + b"\n"
        if line not in self.published.read_bytes().splitlines(keepends=True):
            with self.published.open("ab") as file:
                file.write(line)

    def check_growth(self) -> None:
        """Raise Problem unless the board that was shown now begins as the one before.

        What was shown is kept then, since it is evidence.
        """
        with self.board.open("rb") as old, self.fresh.open("rb") as new:
            while before := old.read(BLOCK):
                if new.read(len(before)) != before:
                    break
            else:
                return
        kept = self._keep_evidence()
        raise Problem(f"the board is another one than before, or shorter: see {kept.name}")

    def _keep_evidence(self) -> Path:
        """Give what was shown a name of its own, so that no later lie takes its place."""
        for number in itertools.count(1):
            kept = self.folder / f"other-board-{number}.jsonl"
            if not kept.exists():
                return self.fresh.replace(kept)
            if filecmp.cmp(self.fresh, kept, shallow=False):
                break
        return kept

    def take(self) -> None:
        """Keep the whole lines of the board that was shown now."""
        with self.fresh.open("rb+") as file:
            file.truncate(_end_of_last_line(file))
        if not filecmp.cmp(self.fresh, self.board, shallow=False):
            self.fresh.replace(self.board)


def new_witness_key(path: Path, secret: str, key: str) -> None:
    """A new file with the key of a witness."""
    value = {"format": "facevote-witness-key-2", "key": key, "secret": secret}
    write_new(path, dump(value) + b"\n")


def read_statements(data: bytes) -> list[Json]:
    """The statements of a published file. Raises Problem or another of FAULTS."""
    return [load(line) for line in data.splitlines() if line]


def _end_of_last_line(file: io.BufferedRandom) -> int:
    place = file.seek(0, io.SEEK_END)
    while place:
        start = max(0, place - BLOCK)
        file.seek(start)
        found = file.read(place - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        place = start
    return 0
