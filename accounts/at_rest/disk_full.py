"""Tells a full disk from other failures of files and of the database."""

from __future__ import annotations

import errno

# The device is full (ENOSPC), or the quota of the user is used up (EDQUOT).
FULL = {errno.ENOSPC, errno.EDQUOT}
# `disk_full` in PostgreSQL's table of error codes.
POSTGRESQL_DISK_FULL = "53100"


def is_out_of_room(error: BaseException) -> bool:
    """`error` is an OSError, or a database error of Django, whose cause is the driver's error."""
    if isinstance(error, OSError):
        return error.errno in FULL
    driver = error.__cause__
    return (
        getattr(driver, "sqlite_errorname", "") == "SQLITE_FULL"
        or getattr(driver, "sqlstate", "") == POSTGRESQL_DISK_FULL
    )
