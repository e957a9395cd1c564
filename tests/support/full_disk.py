"""A disk that is full, for the commands that write files."""

from __future__ import annotations

import resource
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOM = 2000


@contextmanager
def full_disk(room: int = ROOM) -> Iterator[None]:
    """No file of this process can grow beyond `room` bytes: writing more raises OSError."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def refused(*command: str, **options: Any) -> str:
    """The one line with which a command stops on a full disk."""
    with pytest.raises(CommandError) as caught, full_disk():
        call_command(*command, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)
