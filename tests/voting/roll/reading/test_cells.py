from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.roll.reading.cells import harmless, plain

FORMULAS = st.text(alphabet="'=+-@\t\rab", max_size=6)


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\tx"])
def test_what_a_spreadsheet_would_run_leaves_as_text(text):
    assert harmless(text).startswith("'")


@given(st.one_of(st.text(), FORMULAS))
def test_every_text_comes_back_as_it_was(text):
    assert plain(harmless(text)) == text


@pytest.mark.parametrize("text", ["'t Hooft", "O'Brien", "", "1001"])
def test_an_apostrophe_that_protects_nothing_stays(text):
    assert harmless(text) == text
    assert plain(text) == text
