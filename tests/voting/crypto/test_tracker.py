from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.crypto.tracker import human, prefix_of


@given(st.binary(min_size=32, max_size=32))
def test_the_short_form_names_the_beginning_of_the_tracker(data: bytes) -> None:
    whole = data.hex()
    short = human(whole)

    assert [len(part) for part in short.split("-")] == [4] * 6
    assert prefix_of(short) == whole[:30]
    assert prefix_of(short.lower().replace("-", " ")) == whole[:30]
    assert prefix_of(short.replace("0", "O").replace("1", "l")) == whole[:30]
    assert prefix_of(whole.upper()) == whole


@pytest.mark.parametrize("text", ["", "hello", "U" * 24, "0" * 23, "0" * 25, "é" * 24])
def test_what_names_no_tracker_is_not_guessed(text: str) -> None:
    assert prefix_of(text) is None
