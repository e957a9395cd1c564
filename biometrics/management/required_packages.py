"""Commands that need packages which a site does not: they say in one line what to install."""

from __future__ import annotations

from importlib import import_module

from django.core.management.base import CommandError

INSTALL = "python -m pip install --no-deps --require-hashes -r requirements/dev.txt"


def require_packages(*names: str, group: str) -> None:
    """Raises CommandError if one of the modules `names` cannot be imported.

    `group` is the dependency group in pyproject.toml that they belong to.
    """
    for name in names:
        try:
            import_module(name)
        except ImportError as error:
            raise CommandError(
                f"this needs {name}, of the dependency group `{group}`: {INSTALL}", returncode=2
            ) from error
