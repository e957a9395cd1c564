"""A full disk is told apart from other failures of the database."""

from __future__ import annotations

from django.db import OperationalError

from accounts.at_rest.disk_full import is_out_of_room


def test_postgresqls_full_disk_is_known_by_its_code():
    class DiskFull(Exception):
        sqlstate = "53100"

    error = OperationalError("could not extend file")
    error.__cause__ = DiskFull()

    assert is_out_of_room(error)
    assert not is_out_of_room(OperationalError("server closed the connection"))
