"""The texts of an election in each of its languages, as they are frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from voting.crypto import text
from voting.models import Choice, Contest, Election

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voting.crypto.contests import Texts

Part = Election | Contest | Choice

# By column: whether it has several lines.
COLUMNS: Final[dict[type[Part], dict[str, bool]]] = {
    Election: {"title": False, "description": True},
    Contest: {"title": False, "description": True},
    Choice: {"name": False, "party": False, "statement": True},
}


def columns_of(part: Part | type[Part]) -> dict[str, bool]:
    """The columns of this kind of part that are texts, and whether each has several lines."""
    return COLUMNS[part if isinstance(part, type) else type(part)]


def in_every_language(election: Election, part: Part, column: str) -> dict[str, str]:
    """The column's text by language; empty where it is not translated."""
    has_lines = columns_of(part)[column]
    normal: Callable[[str], str] = text.normalise_lines if has_lines else text.normalise
    texts = {
        language: part.translations.get(language, {}).get(column, "")
        for language in election.languages
    }
    texts[election.language] = getattr(part, column)
    return {language: normal(value) for language, value in texts.items()}


def frozen_texts(election: Election, part: Part, column: str) -> Texts | None:
    """The texts for the manifest, or None if the column is empty."""
    texts = in_every_language(election, part, column)
    return texts if texts[election.language] else None


def flawed(election: Election, part: Part) -> Iterator[tuple[str, str]]:
    """Language and text of each text of this part that no manifest can hold.

    A translation that is missing is an empty text.
    """
    for column, has_lines in columns_of(part).items():
        texts = in_every_language(election, part, column)
        if any(texts.values()):
            yield from (
                (language, value)
                for language, value in texts.items()
                if not _is_allowed(value, has_lines=has_lines)
            )


def _is_allowed(value: str, *, has_lines: bool) -> bool:
    if not has_lines:
        return text.is_plain(value)
    try:
        text.require_long(value)
    except text.TextInvalid:
        return False
    return True
