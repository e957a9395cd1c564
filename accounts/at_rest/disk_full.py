"""A disk without room, told apart from other failures of files and of the database."""

from __future__ import annotations

import errno

# No space on the device, or none left of this user's share of it.
FULL = {errno.ENOSPC, errno.EDQUOT}
# disk_full in PostgreSQL's table of error codes.
POSTGRESQL_DISK_FULL = "53100"


def is_out_of_room(error: BaseException) -> bool:
    """For an OSError, or a database error as Django raises it from the driver's own."""
    if isinstance(error, OSError):
        return error.errno in FULL
    driver = error.__cause__
    return (
        getattr(driver, "sqlite_errorname", "") == "SQLITE_FULL"
        or getattr(driver, "sqlstate", "") == POSTGRESQL_DISK_FULL
    )
