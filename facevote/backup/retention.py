"""The names of back-ups, and which of them are old enough to go."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from facevote.backup.envelope import IDENTITY_SUFFIX

if TYPE_CHECKING:
    from pathlib import Path

NAME = re.compile(r"facevote-\d{8}T\d{6}Z\.tar\.age")


def name_at(moment: dt.datetime) -> str:
    """The file name of a back-up begun at this moment: names sort by time."""
    return f"facevote-{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}.tar.age"


def delete_old(folder: Path, *, keep: int) -> list[str]:
    """Delete all back-ups in the folder but the `keep` newest. Return their names.

    Only files whose names are those of back-ups are looked at.
    """
    found = sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))
    old = found[: max(0, len(found) - keep)]
    for path in old:
        path.unlink(missing_ok=True)
        path.with_name(path.name + IDENTITY_SUFFIX).unlink(missing_ok=True)
    return [path.name for path in old]
