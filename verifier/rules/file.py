"""Reading a board file line by line, and naming what was done to it on its way.

docs/cryptography.md, sections 7 and 8.
"""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, BinaryIO

from verifier.rules.board import LONGEST_ROLL, Election
from verifier.rules.strict import Problem, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from verifier.rules.strict import Json

NOT_DOWNLOADED = "This is not the file as it was downloaded: "
COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf")
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class Unreadable(Problem):
    """A file that is not what was downloaded. The text says why, in words for people."""


def check_start(start: bytes) -> None:
    """Raise Unreadable if a file that begins like this was changed on its way."""
    if not start:
        raise Unreadable(f"{NOT_DOWNLOADED}it is empty.")
    if start.startswith(COMPRESSED):
        raise Unreadable(f"{NOT_DOWNLOADED}it is compressed. Unpack it first.")
    if start.startswith(MARKS):
        raise Unreadable(f"{NOT_DOWNLOADED}it begins with a byte-order mark. Download it again.")


def lines_of(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Each line with its line feed, and the offset where it begins. Raises Unreadable."""
    offset = file.tell()
    while line := file.readline(LONGEST_ROLL + 2):
        if not offset:
            check_start(line[:8])
        if b"\r" in line:  # canonical JSON has none
            raise Unreadable(f"{NOT_DOWNLOADED}it has other line ends. Download it again.")
        yield offset, line
        offset += len(line)
    if not offset:
        check_start(b"")


def read_lines(path: Path) -> list[Json]:
    """The canonical JSON values of a file that holds one on each line.

    Raises Unreadable, OSError, Problem or another of FAULTS.
    """
    with path.open("rb") as file:
        return [load(line.removesuffix(b"\n")) for _offset, line in lines_of(file)]


def read_election(
    file: BinaryIO,
    *,
    in_progress: bool,
    processes: int | None = None,
    progress: Callable[[Election], None] = lambda election: None,
    published: Sequence[Json] = (),
) -> Election:
    """Check a board file, and that it continues each of the published statements.

    The returned election's `problems` are empty if all holds. Nothing is raised for a wrong file;
    `unreadable` says so if it is not the file as it was downloaded.
    """
    election = Election(processes or os.cpu_count() or 1)
    try:
        rest = feed(election, file, progress)
    except Unreadable as error:
        election.unreadable = str(error)
        election.report(str(error))
        if election.parts:
            election.parts.box.checks.close()
        return election
    election.check_end(rest, in_progress=in_progress)
    if election.parts:
        for value in published:
            election.check_published(value)
    election.finish(lambda offset: line_at(file, offset))
    return election


def feed(election: Election, file: BinaryIO, progress: Callable[[Election], None]) -> bytes:
    """Read the lines that follow in `file`; returns what stands after the last line feed."""
    for offset, line in lines_of(file):
        if not line.endswith(b"\n"):
            return line
        election.read(line[:-1], offset)
        progress(election)
    return b""


def line_at(file: BinaryIO, offset: int) -> bytes:
    """The line of a file that begins at this offset."""
    file.seek(offset, io.SEEK_SET)
    return file.readline()
