from __future__ import annotations

import datetime as dt

import pytest

from voting.crypto import times

ZONE = dt.timezone(dt.timedelta(hours=2))
MOMENT = dt.datetime(2026, 1, 2, 0, 59, 59, 999, tzinfo=ZONE)


def test_the_board_knows_the_hour_and_a_manifest_the_minute() -> None:
    assert times.hour_of(MOMENT) == "2026-01-01T22:00Z"
    assert times.moment_of(MOMENT) == "2026-01-01T22:59Z"
    assert times.is_hour(times.hour_of(MOMENT))
    assert times.is_moment(times.moment_of(MOMENT))
    assert not times.is_hour(times.moment_of(MOMENT))


@pytest.mark.parametrize("value", ["2000-02-29T00:00Z", "2028-02-29T23:00Z", "9999-12-31T23:00Z"])
def test_days_that_exist_pass(value: str) -> None:
    assert times.is_hour(value)


@pytest.mark.parametrize(
    "value",
    [
        *("1999-12-31T23:00Z", "2026-02-29T00:00Z", "2026-13-01T00:00Z", "2026-00-01T00:00Z"),
        *("2026-01-32T00:00Z", "2026-01-01T24:00Z", "2026-01-01T00:60Z", "2026-01-01T00:00"),
        *("2026-1-01T00:00Z", "2026-01-01 00:00Z", "2026-01-01T00:00Z\n", "٢٠٢٦-01-01T00:00Z"),
        *("", None, 2026, "x"),
    ],
)
def test_what_is_no_moment_is_refused(value: object) -> None:
    assert not times.is_moment(value)
