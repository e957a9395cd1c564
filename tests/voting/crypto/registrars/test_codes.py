from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.crypto.registrars.codes import CodeInvalidError, new_code, read, voter_secret, written
from voting.crypto.tracker import ALPHABET

CODES = st.binary(min_size=16, max_size=16)


@given(CODES)
def test_a_code_is_read_as_it_was_written(code: bytes) -> None:
    text = written(code)

    assert [len(part) for part in text.split("-")] == [4] * 7
    assert read(text) == code
    assert read(text.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == code


@given(CODES, st.integers(0, 27), st.sampled_from(ALPHABET))
def test_a_slip_of_one_sign_is_found_nearly_always(code: bytes, place: int, sign: str) -> None:
    """Ten bits of check: of a thousand slips one goes unnoticed, and then gives another code."""
    signs = list(written(code).replace("-", ""))
    slipped = signs[place] != sign
    signs[place] = sign

    try:
        again = read("".join(signs))
    except CodeInvalidError:
        assert slipped
    else:
        assert (again != code) == (slipped and place < 26)


def test_each_check_sign_is_checked() -> None:
    text = written(bytes(16))

    for place in (-1, -2):
        signs = list(text)
        signs[place] = "X" if signs[place] != "X" else "Y"
        with pytest.raises(CodeInvalidError):
            read("".join(signs))


@pytest.mark.parametrize("typed", ["", "ABCD", "U" * 28, "8" + "0" * 27, "0" * 29, "é" * 28])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(CodeInvalidError):
        read(typed)


def test_the_secret_is_of_one_election_registrar_and_code() -> None:
    code = new_code()

    secrets = {
        voter_secret("a", 1, code),
        voter_secret("b", 1, code),
        voter_secret("a", 2, code),
        voter_secret("a", 1, new_code()),
    }

    assert len(secrets) == 4
