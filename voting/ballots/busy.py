"""Tries again when the database was busy: a voter waits a moment longer instead of failing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, TypeVar

from django.db import OperationalError

from voting.refusals import CastRefusalCode, CastRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    Answer = TypeVar("Answer")

# Each try waits for the lock itself, as long as DATABASES says; these are the pauses between them.
PAUSES: Final = (0.05, 0.2)


def when_free(write: Callable[[], Answer]) -> Answer:
    """What `write`, a whole transaction, returns. Raises CastRefused if the database stays busy."""
    for pause in PAUSES:
        try:
            return write()
        except OperationalError:
            time.sleep(pause)
    try:
        return write()
    except OperationalError as error:
        raise CastRefused(CastRefusalCode.BUSY) from error
