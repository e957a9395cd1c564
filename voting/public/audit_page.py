"""The audit page as one file that needs no server: its scripts and styles are inside it.

Modules find each other by an import map of `data:` addresses, so nothing is bundled: each module's
text is the source's, but for the names by which it imports others. The page's policy names the
hashes of its two scripts and lets it ask nothing over the network.
"""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

if TYPE_CHECKING:
    from collections.abc import Iterable

ENTRY = "js/audit/page.js"
STYLES = tuple(
    f"css/{name}.css" for name in ("tokens", "base", "blocks", "forms", "data", "voting", "audit")
)
# `import {…} from "./x.js"`, `import "./x.js"` and `export {…} from "./x.js"`.
_IMPORT = re.compile(
    r"""(?m)^((?:import|export)\s+[\w$*{},\s]*?\bfrom\s*|import\s*)(['"])(\.[^'"\n]+)\2"""
)


class PartMissing(Exception):
    """A script or a style that the page needs is not among the static files."""


def audit_page() -> str:
    """The whole page, in the language that is active. Raises PartMissing."""
    modules = {name: _as_address(text) for name, text in _modules(ENTRY).items()}
    import_map = json.dumps({"imports": modules}, separators=(",", ":"), sort_keys=True)
    start = f'import "{ENTRY}";'
    context = {
        "policy": _policy([import_map, start]),
        "styles": mark_safe("\n".join(_text(name) for name in STYLES)),  # noqa: S308  (our files)
        "import_map": mark_safe(import_map),  # noqa: S308  (base64 and names of our files)
        "start": mark_safe(start),  # noqa: S308
    }
    return render_to_string("voting/audit.html", context)


def _policy(scripts: Iterable[str]) -> str:
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    allowed = " ".join(f"'sha256-{value}'" for value in hashes)
    return (
        f"default-src 'none'; script-src {allowed} data: 'wasm-unsafe-eval'; "
        "style-src 'unsafe-inline'; img-src blob: data:; media-src blob: mediastream:; "
        "base-uri 'none'; form-action 'none'"
    )


def _modules(entry: str) -> dict[str, str]:
    """Every module that the entry reaches, by its path, with the others' paths as their names."""
    waiting, found = [entry], dict[str, str]()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name], imported = _rewrite(name, _text(name))
            waiting += imported
    return found


def _rewrite(name: str, text: str) -> tuple[str, list[str]]:
    imported: list[str] = []

    def whole(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), match[3]))
        imported.append(path)
        return f"{match[1]}{match[2]}{path}{match[2]}"

    return _IMPORT.sub(whole, text), imported


def _text(name: str) -> str:
    path = finders.find(name)
    if not isinstance(path, str):
        raise PartMissing(name)
    return Path(path).read_text(encoding="utf-8")


def _as_address(text: str) -> str:
    return "data:text/javascript;base64," + base64.b64encode(text.encode()).decode()
