"""The command line that every benchmark has: --json for programs, a table for people."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Figures = Mapping[str, Any]


def parser(description: str | None) -> argparse.ArgumentParser:
    """A parser with --json. `description` is a module's docstring: its first line is shown."""
    first_line = (description or "").partition("\n")[0]
    made = argparse.ArgumentParser(description=first_line)
    made.add_argument("--json", action="store_true", help="print the figures as JSON")
    return made


def show(figures: Figures, *, as_json: bool, table: Callable[[Any], str] | None = None) -> None:
    """Write `figures` to the standard output: as JSON, or as `table` (default: `rows`) says."""
    text = json.dumps(figures, indent=2) if as_json else (table or rows)(figures)
    sys.stdout.write(f"{text}\n")


def rows(figures: Figures, indent: int = 0) -> str:
    """A line for each figure, its name to the left; groups of figures are indented."""
    width = max((len(str(name)) for name in figures), default=0) + 2
    lines = []
    for name, figure in figures.items():
        if isinstance(figure, dict):
            lines.append(f"{' ' * indent}{name}")
            lines.append(rows(figure, indent + 2))
        else:
            lines.append(f"{' ' * indent}{name:{width}}{_number(figure)}")
    return "\n".join(lines)


def _number(figure: object) -> str:
    return f"{figure:.5g}" if isinstance(figure, float) else str(figure)
