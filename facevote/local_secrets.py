"""Keys for an instance that was started without any: created once, kept in a file.

A clone has such a file in its data folder. A public site has one if `manage.py prepare` made it.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from pathlib import Path

OTHERS = 0o077


def load(data_dir: Path) -> dict[str, str]:
    """Return this clone's own keys by the names of their settings. The first call creates them.

    Only an instance with DEBUG calls this.
    """
    path = data_dir / "local-secrets.json"
    create(path)
    return read(path)


def read(path: Path) -> dict[str, str]:
    """The keys in a file by the names of their settings; none if there is no such file.

    Raises ImproperlyConfigured, without the file's contents, if others may read it or if it holds
    anything else.
    """
    try:
        if path.stat().st_mode & OTHERS:
            raise ImproperlyConfigured(f"{path} can be read by others: chmod 600 it")
        keys = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        raise ImproperlyConfigured(f"{path} is no file of keys that can be read") from None
    if not isinstance(keys, dict):
        raise ImproperlyConfigured(f"{path} is no file of keys that can be read")
    return {str(name): str(key) for name, key in keys.items()}


def create(path: Path) -> bool:
    """Write new keys, for the owner's eyes alone. Return False if the file is there already."""
    if path.exists():
        return False
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
            file.flush()
            os.fsync(file.fileno())
        # Not a rename, which would replace a file: if two processes start together, the link of the
        # second fails, and both use the keys of the first.
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True
