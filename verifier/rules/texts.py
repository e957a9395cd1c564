"""What people read on a board: plain texts, long texts, officials, and times.

docs/cryptography.md, section 2. Everything here raises Problem.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING
from unicodedata import is_normalized, normalize

from verifier.rules.strict import items, keys, require, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.rules.strict import Json

PLAIN = 500  # characters of a plain text, unless another length is given
LONG = 5000
NAME = 200

# Control characters, surrogates, private use, and noncharacters.
NO_TEXT = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ue000-\\uf8ff\\ufdd0-\\ufdef\\U000f0000-\\U0010ffff"
    + "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(17))
    + "]"
)
# Characters that show nothing or change the direction of writing.
UNSEEN = re.compile(
    "[\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f"
    "\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb"
    "\\U0001bca0-\\U0001bca3\\U0001d173-\\U0001d17a\\U000e0000-\\U000e0fff]"
)
OTHER_SPACE = re.compile("[\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000]|  |^ | $")

HOUR = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:00Z"
MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z"


def plain_text(value: Json, longest: int = PLAIN) -> str:
    """`value`, if it is a plain text of 1 to `longest` characters."""
    read = old_text(value, longest)
    require(not UNSEEN.search(read), "a text with a character that shows nothing")
    require(not OTHER_SPACE.search(read), "a text with other white space than single spaces")
    return read


def old_text(value: Json, longest: int = PLAIN) -> str:
    """`value`, if it is a plain text of format 1, which did not look at white space."""
    require(isinstance(value, str), "not a text")
    read = str(value)
    require(1 <= len(read) <= longest, f"a text that does not have 1 to {longest} characters")
    require(not NO_TEXT.search(read), "a text with a character that is no text")
    require(is_normalized("NFC", read), "a text that is not in normal form C")
    return read


def long_text(value: Json) -> str:
    """`value`, if it is a long text: lines of plain text."""
    require(isinstance(value, str) and 1 <= len(value) <= LONG, "a text that is too long or empty")
    lines = str(value).split("\n")
    require(lines[0] and lines[-1], "a text that begins or ends with an empty line")
    for line in filter(None, lines):
        plain_text(line, LONG)
    return str(value)


def each_language(value: Json, languages: list[str], read: Callable[[Json], str]) -> dict[str, str]:
    """One text in each language; its key is the language with an underscore for each hyphen."""
    names = " ".join(sorted(language.replace("-", "_") for language in languages))
    return {language: read(item) for language, item in keys(value, names).items()}


def officials(value: Json, number: int) -> list[str]:
    """The pseudonyms of two different officials, in a board of format `number`."""
    read = old_text if number == 1 else plain_text
    names = [read(name, NAME) for name in items(value, 2, 2)]
    first, second = [normalize("NFKC", normalize("NFKC", name).casefold()) for name in names]
    require(first != second, "needs two different officials")
    require(number == 1 or names == sorted(names), "the officials are not sorted")
    return names


def hour(value: Json) -> str:
    """`value`, if it is a full hour of an existing day."""
    return _time(value, HOUR)


def moment(value: Json) -> str:
    """`value`, if it is a minute of an existing day."""
    return _time(value, MOMENT)


def _time(value: Json, pattern: str) -> str:
    read = text(value, pattern)
    try:
        found = dt.datetime.strptime(read, "%Y-%m-%dT%H:%M%z")
    except ValueError:
        found = None
    require(found and found.year >= 2000, "a time that does not exist")
    return read
