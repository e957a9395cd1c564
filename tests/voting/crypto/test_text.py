from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.crypto import text

ANY = st.text(st.characters(exclude_categories=[]), max_size=40)


@pytest.mark.parametrize(
    "value",
    ["a", "José", "two words", "李", "👍🏽", "x" * 500, "Zoë (Grün)", "مرحبا", "\U00020bb7野家"],
)
def test_a_plain_text_passes(value: str) -> None:
    assert text.require_plain(value) == value
    assert text.normalise(value) == value


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "x" * 501, " a", "a ", "a  b", "a\nb", "a\tb", "nul\0", "del\x7f", "c1\x85"),
        *("e\u0301", "a\u00a0b", "a\u1680b", "a\u2003b", "a\u202fb", "a\u205fb", "a\u3000b"),
        *("\u00ad", "\u034f", "\u061c", "\u115f", "\u1160", "\u17b4", "\u180e", "\u200b"),
        *("\u200f", "\u2028", "\u202e", "\u2060", "\u206f", "\u3164", "\ufe00", "\ufe0f"),
        *("\ufeff", "\uffa0", "\ufffb", "\U0001bca3", "\U0001d173", "\U000e0001", "\U000e0101"),
        *("\ud800", "\ue000", "\uf8ff", "\U000f0000", "\U00100000", "\ufdd0", "\ufffe"),
        *("\U0001ffff", "\U0010ffff", None, 7, ["a"], b"a"),
    ],
)
def test_a_text_that_hides_something_is_refused(value: object) -> None:
    with pytest.raises(text.TextInvalid):
        text.require_plain(value)


def test_what_is_typed_becomes_the_one_form() -> None:
    assert text.normalise(" Jose\u0301 \u00a0 da\tSilva\u3000") == "José da Silva"
    assert text.normalise("❤\ufe0f 辻\U000e0101") == "❤ 辻"


@given(ANY)
def test_the_one_form_is_stable_and_changes_no_letter(typed: str) -> None:
    normal = text.normalise(typed)

    assert text.normalise(normal) == normal
    if text.is_plain(normal):
        assert unicodedata.is_normalized("NFC", normal)
        assert "".join(normal.split()) == text.normalise("".join(normal.split()))


@given(ANY)
def test_of_two_forms_of_a_text_one_is_plain(value: str) -> None:
    composed, decomposed = (
        unicodedata.normalize("NFC", value),
        unicodedata.normalize("NFD", value),
    )
    others = {composed, decomposed, f" {value}"}

    assert sum(text.is_plain(other) for other in others) <= 1


def test_lines_of_a_long_text_are_plain_or_empty() -> None:
    assert text.require_long("One.\n\nTwo.") == "One.\n\nTwo."
    assert text.normalise_lines("\n One. \r\n\r\nTwo.  Three.\n\n") == "One.\n\nTwo. Three."
    for value in ("", "\na", "a\n", "a\n b", "a\r\nb", "a\n\u200b\nb", "x" * 5001, None):
        with pytest.raises(text.TextInvalid):
            text.require_long(value)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        *(("José", "Jose\u0301"), ("Jo Smith", "Jo  Smith"), ("Jo Smith", "Jo\u00a0Smith")),
        *(("Jo", "J\u200bo"), ("ann", "ANN"), ("\ufb01n", "fin"), ("\uff21nn", "Ann")),
        *(("Straße", "STRASSE"), ("a\u202eb", "ab"), ("İpek", "i\u0307pek")),
    ],
)
def test_names_that_look_alike_have_one_skeleton(left: str, right: str) -> None:
    assert text.skeleton(left) == text.skeleton(right)


def test_different_names_have_different_skeletons_and_nothing_visible_has_none() -> None:
    assert text.skeleton("Anna") != text.skeleton("Anne")
    assert text.skeleton("Jose") != text.skeleton("José")
    assert text.skeleton("\u200b \u3164") == ""
