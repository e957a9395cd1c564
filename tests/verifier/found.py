"""What the verifier says of a board, in short lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.rules.strict import dump, sha256
from verifier.verify_election import verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.verifier.maker import Maker
    from verifier.rules.statements import Statement

BOARDS = Path(__file__).parent / "boards"
FORMAT_1 = (BOARDS / "format-1.jsonl").read_bytes()


def problems(file: bytes, *published: Any, finished: bool = False) -> list[str]:
    """The problems as "line kind: words"."""
    election = verify(file, published, in_progress=not finished, processes=1)
    return [f"{line} {kind}: {words}" for line, kind, words in election.problems]


def proofs_of_forks(file: bytes, *published: Any) -> list[tuple[Statement, Statement]]:
    """The pairs of statements that prove a fork."""
    election = verify(file, published, in_progress=True, processes=1)
    assert election.parts
    return election.parts.statements.forks


def named(made: Maker | bytes, words: str) -> list[str]:
    """Fail unless these words are a problem of the board; returns all its problems."""
    found = problems(made if isinstance(made, bytes) else made.file)
    assert any(words in problem for problem in found), found
    return found


def chained(events: list[Any]) -> bytes:
    """A board file of these decoded events, numbered and chained anew."""
    lines: list[bytes] = []
    for seq, event in enumerate(events):
        prev = sha256(lines[-1]) if lines else "0" * 64
        lines.append(dump(event | {"prev": prev, "seq": seq}))
    return b"".join(line + b"\n" for line in lines)


def old_board(edit: Callable[[list[Any]], Any]) -> bytes:
    """The finished board of format 1, changed and chained anew."""
    events = [json.loads(line) for line in FORMAT_1.splitlines()]
    edit(events)
    return chained(events)
