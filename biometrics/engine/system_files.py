"""Files and folders that operating systems and network drives leave among a person's pictures."""

from __future__ import annotations

NAMES = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir", "__macosx", "#recycle"})


def is_system_file(name: str) -> bool:
    """Whether nobody put a file or a folder of this name there: it is hidden, or a cache."""
    return name.startswith((".", "$")) or name.lower() in NAMES
