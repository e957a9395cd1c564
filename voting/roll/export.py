"""A roll as a file, which can be imported again and then changes nothing."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from voting.roll.plan import SHOWN
from voting.roll.reading.cells import harmless
from voting.roll.reading.text import BYTE_ORDER_MARK

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from voting.models import VoterRollEntry


def roll_file(entries: QuerySet[VoterRollEntry]) -> tuple[bytes, int]:
    """The file and the number of voters in it. Those who were removed from the roll are left out.

    It begins with a byte order mark: without one, Excel takes UTF-8 for another encoding.
    """
    stream = io.StringIO(newline="")
    stream.write(BYTE_ORDER_MARK)
    writer = csv.writer(stream)
    writer.writerow(SHOWN)
    present = entries.filter(removed_by__isnull=True)
    columns = ("voter_number", "name", "date_of_birth", "district", "user__username")
    number = 0
    for row in present.values_list(*columns).iterator():
        writer.writerow([harmless(str(value or "")) for value in row])
        number += 1
    return stream.getvalue().encode(), number
