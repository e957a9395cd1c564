"""A disk without room, for the commands that write files."""

from __future__ import annotations

import resource
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command

ROOM = 2000


@contextmanager
def full_disk(room=ROOM):
    """No file of this process can grow beyond `room` bytes; the system says so as it would."""
    was = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, was[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, was)


def refused(*command, **options):
    """What a command says of it: one line."""
    with pytest.raises(CommandError) as caught, full_disk():
        call_command(*command, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)
