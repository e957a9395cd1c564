"""The audit log's heads, noted in a file outside the database.

The chain alone does not show that its end was cut off, or that all of it was written anew. A head
that was noted before does, if whoever changed the database could not write to the file as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.models import AuditEvent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class NotedHead:
    """The log's last event at some moment: its number and its hash."""

    sequence: int
    hash: str


def note_head(file: Path, *, now: datetime) -> None:
    """Append the log's head to the file, unless it is the last one there."""
    last = AuditEvent.objects.order_by("-sequence").first()
    if last is None or NotedHead(last.sequence, last.hash) in list(noted_heads(file))[-1:]:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(f"{now.isoformat()} {last.sequence} {last.hash}\n")


def noted_heads(file: Path) -> Iterator[NotedHead]:
    """The heads in the file, the oldest first. Raises ValueError for a line that is none."""
    if not file.exists():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        _when, sequence, digest = line.split()
        yield NotedHead(int(sequence), digest)


def missing_head(file: Path) -> NotedHead | None:
    """The first noted head that the log does not hold any more, or None."""
    for head in noted_heads(file):
        if not AuditEvent.objects.filter(sequence=head.sequence, hash=head.hash).exists():
            return head
    return None
