"""The ten minutes of docs/operations.md as a script, so that every line of it can be run."""

from __future__ import annotations

import re
import secrets
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from benchmarks.harness.places import ROOT
from benchmarks.harness.throwaway import POSTGRESQL, free_port

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PAGE = ROOT / "docs" / "operations.md"
HEADING = "## Ten minutes to a running site\n"
CLONE = "git clone --depth 1 https://git.example.org/facevote.git facevote"
PORT, NAME, DATABASE = "8001", "vote_example", "127.0.0.1:5432"
# Printed after each part of the page.
MARK = "@@ part"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the lines printed, and the seconds that each part of the page took."""

    code: int
    printed: str
    seconds: tuple[int, ...]


def parts() -> list[str]:
    """The blocks of commands of that section, in order."""
    text = PAGE.read_text(encoding="utf-8")
    begun = text.index(HEADING)
    section = text[begun : text.index("\n## ", begun + len(HEADING))]
    return re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


def run(
    project: Path, home: Path, *, account: str = "", environment: Mapping[str, str] | None = None
) -> Outcome:
    """Run the page's lines in `home`, as `account` if one is named.

    The project is copied from the folder `project` instead of being cloned. Port, database and role
    are free ones; database and role are removed afterwards.
    """
    parsed = urlsplit(POSTGRESQL)
    host, port = parsed.hostname or "127.0.0.1", parsed.port or 5432
    name = f"operators_path_{secrets.token_hex(4)}"
    replaced = {
        CLONE: f"cp --archive {project} facevote",
        PORT: str(free_port()),
        NAME: name,
        DATABASE: f"{host}:{port}",
    }
    script = _script(replaced)
    whole = {
        "HOME": str(home),
        "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        "PGHOST": host,
        "PGPORT": str(port),
        "PGUSER": parsed.username or "postgres",
        **(environment or {}),
    }
    if parsed.password:
        whole["PGPASSWORD"] = parsed.password
    try:
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=home,
            env=whole,
            user=account or None,
            group=account or None,
            extra_groups=[] if account else None,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        _forget(name, whole)
    seconds = [int(at) for at in re.findall(rf"^{MARK} (\d+)$", done.stdout, re.MULTILINE)]
    spent = [after - before for before, after in zip([0, *seconds], seconds, strict=False)]
    return Outcome(done.returncode, done.stdout + done.stderr, tuple(spent))


def _script(replaced: Mapping[str, str]) -> str:
    lines = ["set -euo pipefail", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT", "SECONDS=0"]
    for part in parts():
        for written, instead in replaced.items():
            part = part.replace(written, instead)
        lines += [part, f'echo "{MARK} $SECONDS"']
    return "\n".join(lines)


def _forget(name: str, environment: Mapping[str, str]) -> None:
    statements = (f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"DROP ROLE IF EXISTS {name}")
    for statement in statements:
        subprocess.run(
            ["psql", "--quiet", "--dbname", "postgres", "--command", statement],
            env=dict(environment),
            check=False,
            capture_output=True,
        )
