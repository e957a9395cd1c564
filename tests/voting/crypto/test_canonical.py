from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.crypto import canonical

texts = st.text(st.characters(exclude_categories=["Cs"]))
leaves = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts
keys = st.text("abcdefghijklmnopqrstuvwxyz0123456789_", min_size=1)
values = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(keys, inner))


@given(values)
def test_a_value_is_read_back_from_its_one_encoding(value: Any) -> None:
    data = canonical.encode(value)

    again = canonical.decode(data)

    assert again == value
    assert canonical.encode(again) == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b"1.0",
        b"1e2",
        b"-0",
        b"9007199254740992",
        b'"\\u0041"',
        b'"\\ud800"',
        b'{"A":1}',
        b"[1]\n",
        b"NaN",
        b"Infinity",
        b'"\xff"',
        b"\xef\xbb\xbf1",
        b"[" * 14 + b"]" * 14,
        b"[" * 100_000,
        b"1" * 10_000,
    ],
)
def test_another_text_of_a_value_is_refused(data: bytes) -> None:
    with pytest.raises(canonical.NotCanonicalError):
        canonical.decode(data)


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), "\ud800", 2**53, {"É": 1}, {1: 2}, b"", set()]
)
def test_a_value_without_a_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(canonical.NotCanonicalError):
        canonical.encode(value)
