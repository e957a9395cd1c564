"""Commands that need packages which a site does not: they say in one line what to install."""

from __future__ import annotations

from importlib.util import find_spec

from django.core.management.base import CommandError

INSTALL = "python -m pip install --no-deps --require-hashes -r requirements/dev.txt"


def require_packages(*names: str, group: str) -> None:
    """Raises CommandError if one of the top-level packages `names` is not installed.

    `group` is the dependency group in pyproject.toml that they belong to.
    """
    for name in names:
        if find_spec(name) is None:
            raise CommandError(
                f"this needs {name}, of the dependency group `{group}`: {INSTALL}", returncode=2
            )
