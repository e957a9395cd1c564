"""The keys of a public site: made once if there are none, and held against what is sealed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from accounts.at_rest.sealing import keyring
from facevote import local_secrets
from facevote.environment import Environment
from facevote.serving.steps import BASE

NAMES: Final = ("SECRET_KEY", "TEMPLATE_KEYS")
BACK_UP: Final = (
    "Keep a copy of this file where neither this machine's disk nor its back-ups are: without "
    "TEMPLATE_KEYS every photo, every template and every election's key is lost for ever."
)


def make_missing() -> None:
    """Make KEYS_FILE if DEBUG is off and the environment lacks a key; say so.

    It runs before Django reads its settings, which refuse to be read without keys.
    """
    env = Environment(BASE / ".env")
    if env.switch("DEBUG", default=True) or all(env.text(name) for name in NAMES):
        return
    data = env.folder("DATA_DIR", default=BASE / "var")
    path = Path(env.text("KEYS_FILE", default=str(data / "keys.json")))
    if local_secrets.create(path):
        _made.append(path)
        sys.stdout.write(f"Keys: made in {path}, readable for this account only. {BACK_UP}\n")


def unmake() -> None:
    """Remove keys that this process made and that do not fit the data."""
    for path in _made:
        path.unlink()
    _made.clear()


def fit(sealed: list[bytes]) -> bool:
    """Whether the present TEMPLATE_KEYS open all of these."""
    keys = keyring()
    return all(keys.can_open(item) for item in sealed)


# The file that this process made.
_made: list[Path] = []
