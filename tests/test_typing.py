"""mypy is told of every helper of the tests, so that none is left unchecked."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase

import pytest

from tests.support.places import BASE

HELPERS = [
    ".".join(path.relative_to(BASE).with_suffix("").parts)
    for path in sorted((BASE / "tests").rglob("*.py"))
    if not path.name.startswith(("test_", "__init__"))
]


@pytest.fixture(scope="module")
def strict_modules():
    overrides = tomllib.loads((BASE / "pyproject.toml").read_text())["tool"]["mypy"]["overrides"]
    (modules,) = (one["module"] for one in overrides if one.get("disallow_untyped_defs"))
    return modules


@pytest.mark.parametrize("helper", HELPERS)
def test_every_helper_is_checked_strictly(strict_modules, helper):
    # In mypy, a star between two dots may also stand for nothing.
    patterns = [*strict_modules, *(name.replace(".*.", ".") for name in strict_modules)]

    assert any(fnmatchcase(helper, pattern) for pattern in patterns)


def test_every_name_on_the_list_is_there(strict_modules):
    named = {name for name in strict_modules if "*" not in name}

    assert named <= set(HELPERS)
