"""How far long work is, as the pages of officials show it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ShownProgress:
    words: str
    done: int
    total: int
    is_running: bool

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
