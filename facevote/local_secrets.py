"""Keys for an instance that was started without any: created once, kept in the data folder."""

from __future__ import annotations

import base64
import json
import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def load(data_dir: Path) -> dict[str, str]:
    """Return this clone's own keys by the names of their settings. The first call creates them.

    Only an instance with DEBUG uses them: others must get their keys from the environment.
    """
    path = data_dir / "local-secrets.json"
    try:
        return _read(path)
    except FileNotFoundError:
        _create(path)
        return _read(path)


def _read(path: Path) -> dict[str, str]:
    keys: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return keys


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    keys = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "TEMPLATE_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(keys, file)
        # Not a rename, which would replace a file: if two processes start together, the link of the
        # second fails, and both use the keys of the first.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
