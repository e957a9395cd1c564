"""What an official is shown of a roll's file before it is imported."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from voting.roll.doubts import doubts_of
from voting.roll.plan import RowState
from voting.roll.reading.problems import MAX_ERRORS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voting.roll.plan import Plan, PlannedRow
    from voting.roll.reading.problems import FileProblem

ROWS_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class ShownCell:
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class ShownRow:
    is_new: bool
    cells: tuple[ShownCell, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Counts, the problems that keep the file out, the doubts, and the first rows that change."""

    new: int = 0
    changed: int = 0
    same: int = 0
    wrong: int = 0
    problems: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    rows: tuple[ShownRow, ...] = field(default=())

    def to_json(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Report:
        values: dict[str, Any] = json.loads(data)
        rows = tuple(
            ShownRow(row["is_new"], tuple(ShownCell(**cell) for cell in row["cells"]))
            for row in values.pop("rows")
        )
        problems, doubts = tuple(values.pop("problems")), tuple(values.pop("doubts"))
        return cls(**values, problems=problems, doubts=doubts, rows=rows)


def report_refusal(problems: Sequence[FileProblem]) -> Report:
    shown = tuple(str(problem) for problem in problems[:MAX_ERRORS])
    return Report(wrong=len(problems), problems=shown)


def report_plan(plan: Plan) -> Report:
    if plan.problems:
        return report_refusal(plan.problems)
    counts = Counter(row.state for row in plan.rows)
    return Report(
        new=counts[RowState.NEW],
        changed=counts[RowState.CHANGED],
        same=counts[RowState.SAME],
        doubts=tuple(doubts_of(plan)),
        rows=tuple(_shown(row) for row in plan.to_write()[:ROWS_SHOWN]),
    )


def _shown(row: PlannedRow) -> ShownRow:
    cells = zip(row.before, row.after, strict=True)
    return ShownRow(row.state is RowState.NEW, tuple(ShownCell(*cell) for cell in cells))
