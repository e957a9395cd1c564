"""Leases: of all processes of all hosts, one does a piece of work, and another when that one ends.

A lease is a row and not a lock of the connection, so it works behind a pooler too, on SQLite, and
when a host vanishes without a word. Its time is the database's.
"""

from __future__ import annotations

import os
import secrets
import socket
from datetime import timedelta

from django.db.models import Q

from accounts.database_clock import database_now
from facevote.models import Lease

# A holder that has said nothing for so long is gone.
LIFE = timedelta(seconds=20)


def new_holder() -> str:
    """A name for this process that no other one has."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


def hold(name: str, holder: str) -> bool:
    """Take or keep the lease for LIFE. Return False if another process holds it."""
    now = database_now()
    Lease.objects.get_or_create(name=name, defaults={"until": now})
    free = Lease.objects.filter(Q(holder=holder) | Q(until__lte=now), name=name)
    # The database checks and writes in one statement, so two processes cannot both take it.
    return bool(free.update(holder=holder, until=now + LIFE))


def release(name: str, holder: str) -> None:
    """Give the lease up, so that the next process need not wait. It may be another's already."""
    Lease.objects.filter(name=name, holder=holder).update(holder="", until=database_now())
