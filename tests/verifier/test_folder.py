"""The folder of the verifier stands alone."""

from __future__ import annotations

import ast
import sys

from tests.verifier.programs import ROOT

# What prints letters, where it is installed; the drawing of codes needs none of it.
OPTIONAL = {"segno", "typst"}


def imported(source: str) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return names


def test_the_verifier_is_short_and_imports_nothing_of_the_project():
    sources = {path: path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py")}

    names = {name for source in sources.values() for name in imported(source)}

    assert all(len(source.splitlines()) < 400 for source in sources.values())
    assert names - set(sys.stdlib_module_names) - {"verifier"} - OPTIONAL == {"rbcl"}


def test_what_prints_letters_is_imported_where_letters_are_printed_alone():
    users = {
        path.name for path in ROOT.rglob("*.py") if imported(path.read_text("utf-8")) & OPTIONAL
    }

    assert users <= {"pdf.py"}
