"""The file of voters that a registrar draws codes for. It holds no date of birth and no account.

Its columns are those that verifier/registering/roll_file.py reads; the registrar adds columns for
the postal address.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from voting.roll.reading.cells import harmless

if TYPE_CHECKING:
    from voting.models import Election

COLUMNS = ("voter_number", "name", "district")


def voters_file(election: Election) -> tuple[bytes, int]:
    """The file, and the number of voters in it."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    number = 0
    for row in election.roll.filter(removed_by__isnull=True).values_list(*COLUMNS).iterator():
        writer.writerow(map(harmless, row))
        number += 1
    return stream.getvalue().encode("utf-8-sig"), number
