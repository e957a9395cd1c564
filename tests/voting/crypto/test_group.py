from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.crypto import group

scalars = st.integers(min_value=0, max_value=group.ORDER - 1)


@given(scalars)
def test_a_scalar_is_read_back(scalar: int) -> None:
    text = group.scalar_to_hex(scalar)

    assert group.scalar_from_hex(text) == scalar


@given(st.integers(min_value=group.ORDER, max_value=2**256 - 1))
def test_an_encoding_of_the_order_or_more_is_refused(number: int) -> None:
    text = number.to_bytes(32, "little").hex()

    with pytest.raises(group.GroupError):
        group.scalar_from_hex(text)


@given(scalars, scalars)
def test_multiples_of_the_generator_add_up(left: int, right: int) -> None:
    total = group.add(group.base(left), group.base(right))

    assert total == group.base(left + right)
    assert group.subtract(total, group.base(right)) == group.base(left)


@given(scalars, scalars)
def test_multiplication_takes_zero_and_the_identity(left: int, right: int) -> None:
    point = group.multiply(left, group.base(right))

    assert point == group.base(left * right)
    assert group.multiply(0, point) == group.IDENTITY
    assert group.multiply(left, group.IDENTITY) == group.IDENTITY


@given(st.binary(min_size=32, max_size=32))
def test_bytes_are_a_point_only_in_their_canonical_form(data: bytes) -> None:
    if group.is_point(data):
        assert group.add(data, group.IDENTITY) == data
    else:
        with pytest.raises(group.GroupError):
            group.point_from_hex(data.hex())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00" * 31,
        "00" * 33,
        "0G" * 32,
        "AB" * 32,
        " " + "00" * 31 + "0",
        "ff" * 32,
        "01" + "00" * 31,
        # the generator with its highest bit set
        group.GENERATOR[:-1].hex() + "f6",
        # p - 1 and p + 1: negative, and not reduced
        "ec" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
        None,
        7,
        b"00" * 32,
    ],
)
def test_what_is_not_a_canonical_point_is_refused(text: object) -> None:
    with pytest.raises(group.GroupError):
        group.point_from_hex(text)


def test_the_identity_is_refused_unless_it_is_allowed() -> None:
    text = group.IDENTITY.hex()

    assert group.point_from_hex(text, identity=True) == group.IDENTITY
    with pytest.raises(group.GroupError):
        group.point_from_hex(text)


def test_the_generator_is_the_standard_one() -> None:
    assert group.base(1) == group.GENERATOR
    assert group.base(group.ORDER) == group.IDENTITY


def test_each_part_of_a_hash_has_its_length_before_it() -> None:
    found = group.digest("t", b"ab", "é", group.u64(1))

    data = b"\0\0\0\1t\0\0\0\2ab\0\0\0\2\xc3\xa9\0\0\0\x08" + bytes(7) + b"\1"
    assert found == hashlib.sha512(data).digest()
    assert group.digest("t", b"a", b"b") != group.digest("t", b"ab")


@given(st.lists(scalars, max_size=4), st.integers(min_value=0, max_value=20))
def test_a_hidden_polynomial_has_the_values_of_the_open_one(values: list[int], place: int) -> None:
    hidden = group.evaluate([group.base(value) for value in values], place)

    assert hidden == group.base(sum(value * place**i for i, value in enumerate(values)))
