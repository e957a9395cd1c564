"""What became of each trial, kept in a file while they run, so that a broken-off run goes on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from biometrics.engine.matching.metrics import rate
from biometrics.engine.whole_files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ACCEPTED = "accepted"


class Ledger:
    """`run` says what was played; a file of another run is refused."""

    def __init__(self, file: Path | None, run: Mapping[str, Any]) -> None:
        self._file, self._run = file, dict(run)
        self._seen: dict[str, dict[str, str]] = {}
        if file is not None and file.exists():
            kept = json.loads(file.read_text(encoding="utf-8"))
            if kept["run"] != self._run:
                raise SystemExit(f"{file} is of another run: {kept['run']}")
            self._seen = kept["trials"]

    def has(self, kind: str, number: int) -> bool:
        return str(number) in self._seen.get(kind, {})

    def note(self, kind: str, number: int, outcome: str) -> None:
        self._seen.setdefault(kind, {})[str(number)] = outcome
        if self._file is not None:
            text = json.dumps({"run": self._run, "trials": self._seen})
            write_atomically(self._file, text.encode())

    def outcomes(self, kind: str) -> list[str]:
        return list(self._seen.get(kind, {}).values())

    def row(self, kind: str) -> dict[str, Any]:
        """Tried, accepted, the 95 % bound, and how often for which reason it was refused."""
        seen = self.outcomes(kind)
        accepted = seen.count(ACCEPTED)
        return {
            "tried": len(seen),
            "accepted": accepted,
            "upper_95": round(rate(accepted, len(seen)).high, 5),
            "refusals": {one: seen.count(one) for one in sorted(set(seen) - {ACCEPTED})},
        }
