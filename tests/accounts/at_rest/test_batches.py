from __future__ import annotations

import pytest
from django.db import connection

from accounts.at_rest.batches import LEAST, MOST, next_size, write_in_batches


@pytest.mark.parametrize(
    ("size", "taken", "following"),
    [(100, 0.1, 100), (100, 0.2, 50), (100, 0.01, 200), (200, 0.01, MOST), (20, 9.0, LEAST)],
)
def test_a_batch_is_as_large_as_fits_into_its_time(size, taken, following):
    assert next_size(size, taken) == following


@pytest.mark.parametrize("number", [0, 1, 1000])
def test_everything_is_written_once_in_its_order_and_each_batch_in_a_transaction(db, number):
    written: list[int] = []

    def write(batch):
        assert connection.in_atomic_block
        assert 0 < len(batch) <= MOST
        written.extend(batch)

    write_in_batches(range(number), write)

    assert written == list(range(number))


def test_what_was_written_before_a_failure_stays(transactional_db):
    from accounts.models import User

    def write(batch):
        User.objects.bulk_create(User(username=str(number)) for number in batch)
        if 150 in batch:
            raise LookupError

    with pytest.raises(LookupError):
        write_in_batches(range(1000), write)

    assert 0 < User.objects.count() <= 150
