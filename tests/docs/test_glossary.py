"""docs/glossary.md explains words, and the code has what it names."""

from __future__ import annotations

import ast
import re

import pytest

from tests.support.places import BASE

GLOSSARY = (BASE / "docs" / "glossary.md").read_text(encoding="utf-8")
AREAS = re.split(r"(?m)^## ", GLOSSARY)[1:]
FOLDERS = ("accounts", "benchmarks", "biometrics", "facevote", "verifier", "voting")
# The only word that stands for something in the tests.
TEST_DOUBLE = "ScriptedEngine"
ROWS = re.findall(r"(?m)^\| (\*\*.+?) \| (.+?) \| ?(.*?) ?\|$", GLOSSARY)


def defined():
    """Every class, function, constant, field and module of the project."""
    files = [*BASE.glob("*.py")]
    for folder in FOLDERS:
        files += (BASE / folder).rglob("*.py")
    names = {path.stem for path in files}
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                names.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
    return names


def words(text):
    """The first word of each row, which the row is sorted by."""
    return [found.casefold() for found in re.findall(r"(?m)^\| \*\*(.+?)\*\*", text)]


def test_the_code_has_every_name_that_the_glossary_gives():
    named = {name for _, _, code in ROWS for name in re.findall(r"`([^`]+)`", code)}

    assert len(named) > 50
    assert named - defined() == {TEST_DOUBLE}


def test_no_word_is_explained_twice():
    explained = [
        word.casefold()
        for term, meaning, _ in ROWS
        for word in re.findall(r"\*\*(.+?)\*\*", term + meaning)
    ]

    assert len(explained) > 100
    assert sorted(explained) == sorted(set(explained))


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.splitlines()[0])
def test_the_words_of_an_area_are_in_alphabetical_order(area):
    assert words(area)
    assert words(area) == sorted(words(area))
