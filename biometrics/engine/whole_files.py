"""Files that are either written whole or left as they were."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write_card(models_dir: Path, name: str, card: Mapping[str, Any]) -> None:
    """models/NAME.json."""
    write_atomically(models_dir / f"{name}.json", f"{json.dumps(card, indent=2)}\n".encode())


def write_figure(path: Path, figure: Any) -> None:
    """A Matplotlib figure as PNG."""
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=120)
    write_atomically(path, content.getvalue())


def write_atomically(path: Path, content: bytes) -> None:
    """To a temporary name first: a full disk or Ctrl-C leaves the old file as it was."""
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
