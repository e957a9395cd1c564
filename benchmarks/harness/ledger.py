"""The outcome of each trial, kept in a file, so that an interrupted run can be continued."""

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
    """Outcomes by the kind and the number of a trial.

    `run` says what is played. SystemExit if `file` holds the outcomes of another run; without a
    file nothing is kept.
    """

    def __init__(self, file: Path | None, run: Mapping[str, Any]) -> None:
        self._file, self._run = file, dict(run)
        self._outcomes: dict[str, dict[str, str]] = {}
        if file is not None and file.exists():
            kept = json.loads(file.read_text(encoding="utf-8"))
            if kept["run"] != self._run:
                raise SystemExit(f"{file} is of another run: {kept['run']}")
            self._outcomes = kept["trials"]

    def has(self, kind: str, number: int) -> bool:
        return str(number) in self._outcomes.get(kind, {})

    def note(self, kind: str, number: int, outcome: str) -> None:
        """Keep an outcome: `ACCEPTED`, or the reason of the refusal."""
        self._outcomes.setdefault(kind, {})[str(number)] = outcome
        if self._file is not None:
            text = json.dumps({"run": self._run, "trials": self._outcomes})
            write_atomically(self._file, text.encode())

    def outcomes(self, kind: str) -> list[str]:
        return list(self._outcomes.get(kind, {}).values())

    def row(self, kind: str) -> dict[str, Any]:
        """How many were tried and accepted, the 95 % bound, and the number of each refusal."""
        outcomes = self.outcomes(kind)
        reasons = sorted(set(outcomes) - {ACCEPTED})
        return {
            **accepted_row(outcomes.count(ACCEPTED), len(outcomes)),
            "refusals": {reason: outcomes.count(reason) for reason in reasons},
        }


def accepted_row(accepted: int, tried: int) -> dict[str, Any]:
    """The two numbers with the upper end of the share's exact 95 % interval."""
    bound = round(rate(accepted, tried).high, 5) if tried else 1.0
    return {"tried": tried, "accepted": accepted, "upper_95": bound}
