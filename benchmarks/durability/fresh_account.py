"""The ten minutes of docs/operations.md on an account that has nothing, packages included.

    python -m benchmarks.durability.fresh_account [--json]

It makes an account and its home, copies the project there without anything that was installed or
made, runs every line of the page, and removes the account again. It needs root and PostgreSQL.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.harness import figures, operators_path
from benchmarks.harness.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS = ("program", "database", "settings", "prepare", "start and look", "end")
LEFT_OUT = (".git", ".venv", "node_modules", "var", ".env", "__pycache__", ".*_cache")
# How this machine reaches the registries of packages.
PASSED_ON = ("PIP_", "NPM_CONFIG_", "npm_config_", "SSL_", "REQUESTS_", "NODE_", "HTTP", "http")


def measure() -> dict[str, Any]:
    """Seconds by part, and what failed. SystemExit if it cannot be tried here."""
    if os.geteuid() != 0:
        raise SystemExit("An account is made for this: it needs root.")
    passed_on = {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)}
    with account() as name, _source(name) as source:
        home = Path("/home") / name
        outcome = operators_path.run(source, home, account=name, environment=passed_on)
        size = sum(path.lstat().st_size for path in home.rglob("*") if not path.is_dir())
    if outcome.code:
        sys.stderr.write(outcome.printed)
        raise SystemExit(f"The path ended with {outcome.code}")
    spent = dict(zip(PARTS, outcome.seconds, strict=True))
    return {**spent, "all": sum(outcome.seconds), "MiB in the home": size // 2**20}


@contextmanager
def account() -> Iterator[str]:
    """The name of a new account with an empty home."""
    name = f"fv{secrets.token_hex(4)}"
    subprocess.run(["useradd", "--create-home", "--home-dir", f"/home/{name}", name], check=True)
    try:
        yield name
    finally:
        subprocess.run(["userdel", "--remove", name], check=False, capture_output=True)


@contextmanager
def _source(name: str) -> Iterator[Path]:
    """The project as somebody gets it who clones it, in a folder that the account owns."""
    source = Path("/home") / name / ".source"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
    subprocess.run(["chown", "--recursive", f"{name}:", str(source)], check=True)
    yield source


def main() -> None:
    arguments = figures.parser(__doc__).parse_args()
    figures.show(measure(), as_json=arguments.json)


if __name__ == "__main__":
    main()
