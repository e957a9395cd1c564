"""Writes files so that a reader sees the old content or the new one, never a part of it.

Everything is written to a draft beside the file, and the draft is then renamed. A full disk,
Ctrl-C or a crash leaves the old file as it was.
"""

from __future__ import annotations

import io
import json
import os
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

# Stands in the name of every draft.
DRAFT_MARK = ".partial"


def write_card(models_dir: Path, name: str, card: Mapping[str, Any]) -> None:
    """Write the card models/NAME.json. Raises OSError if it cannot be written."""
    write_atomically(models_dir / f"{name}.json", f"{json.dumps(card, indent=2)}\n".encode())


def write_figure(path: Path, figure: Any) -> None:
    """Write a Matplotlib figure as a PNG. Raises OSError if it cannot be written."""
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=120)
    write_atomically(path, content.getvalue())


def write_atomically(path: Path, content: bytes) -> None:
    """Write a whole file. Raises OSError if it cannot be written."""
    with replacing(path) as draft:
        draft.write_bytes(content)


def write_durably(path: Path, content: bytes) -> None:
    """Write a file that only this user may read, and wait until it is on the disk.

    For content whose loss in a power cut would be noticed: a database row refers to it. Raises
    OSError if it cannot be written.
    """
    with replacing(path) as draft:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield the path of a draft beside `path`, and rename it to `path` if the block succeeds.

    The draft keeps the suffix of `path`, because OpenCV chooses a format by it. Its name is
    random, so that two writers at the same time do not share a draft. If the block raises, the
    draft is removed and `path` stays as it was. Raises OSError if the draft cannot be renamed.
    """
    draft = path.with_name(f".{path.stem}.{secrets.token_hex(4)}{DRAFT_MARK}{path.suffix}")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
