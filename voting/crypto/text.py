"""The one form of a text that people read: what looks alike hashes alike.

docs/cryptography.md, section 2, says what a plain text and a long text are. What people type is
brought into that form by `normalise` and `normalise_lines` as far as nothing visible changes.
`require_plain` and `require_long` refuse the rest; every text of a manifest passes one of them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

MAX_TEXT: Final = 500
MAX_NAME: Final = 200
MAX_GROUP: Final = 100
MAX_LONG: Final = 5000

# Written in numbers, because nobody can see these characters in a source file.
_INVISIBLE: Final = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip
_CONTROLS: Final = ((0x00, 0x1F), (0x7F, 0x9F))
_SURROGATES: Final = ((0xD800, 0xDFFF),)
_PRIVATE: Final = ((0xE000, 0xF8FF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD))
_NONCHARACTERS: Final = (
    (0xFDD0, 0xFDEF),
    *((plane + 0xFFFE, plane + 0xFFFF) for plane in range(0, 0x110000, 0x10000)),
)
_OTHER_SPACES: Final = (
    (0x00A0, 0x00A0), (0x1680, 0x1680), (0x2000, 0x200A), (0x202F, 0x202F), (0x205F, 0x205F),
    (0x3000, 0x3000),
)  # fmt: skip


def _characters(*ranges: tuple[int, int]) -> str:
    """The inside of a regular expression's brackets for these ranges of code points."""
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


_SPACES = _characters(*_OTHER_SPACES)
_REFUSED = re.compile(
    "["
    + _characters(*_INVISIBLE, *_CONTROLS, *_SURROGATES, *_PRIVATE, *_NONCHARACTERS)
    + _SPACES
    + "]"
)
_TYPED_SPACES = re.compile(f"[ \\t\\n\\r\\x0b\\x0c\\x85\\u2028\\u2029{_SPACES}]+")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
# They only choose between two pictures of the character before them.
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


class TextInvalid(ValueError):
    """A text that is not in the one form."""


def normalise(typed: str) -> str:
    """A typed line as a plain text would have it, with nothing visible changed.

    Normal form C, each kind of white space as one U+0020, none at the ends, no variation selectors.
    The result may still be no plain text: `require_plain` tells.
    """
    visible = _VARIATION_SELECTORS.sub("", typed)
    return unicodedata.normalize("NFC", _TYPED_SPACES.sub(" ", visible).strip(" "))


def normalise_lines(typed: str) -> str:
    """`normalise` for each line of a long text; empty lines at both ends go."""
    lines = [normalise(line) for line in _LINE_ENDS.sub("\n", typed).split("\n")]
    return "\n".join(lines).strip("\n")


def is_plain(value: Any, longest: int = MAX_TEXT) -> bool:
    """Whether `value` is a plain text of 1 to `longest` characters."""
    return isinstance(value, str) and 1 <= len(value) <= longest and _is_line(value)


def require_plain(value: Any, longest: int = MAX_TEXT) -> str:
    """`value`, if it is a plain text of 1 to `longest` characters; otherwise raises TextInvalid."""
    if not is_plain(value, longest):
        raise TextInvalid("not a plain text")
    return str(value)


def require_long(value: Any) -> str:
    """`value`, if it is a long text; otherwise raises TextInvalid."""
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_LONG:
        raise TextInvalid("not a long text")
    lines = value.split("\n")
    if not (lines[0] and lines[-1] and all(not line or _is_line(line) for line in lines)):
        raise TextInvalid("not a long text")
    return value


def visible(text: str) -> str:
    """The text without all that shows nothing, to name it in a message."""
    return _REFUSED.sub("", text)


def skeleton(text: str) -> str:
    """The same for two texts that people take for one another at a glance.

    Stricter than the manifest: upper and lower case, full-width letters and ligatures count as
    alike, and so does what differs only in white space or in characters that show nothing.
    """
    seen = visible(normalise(text))
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
    return normalise(folded)


def _is_line(text: str) -> bool:
    return (
        not _REFUSED.search(text)
        and unicodedata.is_normalized("NFC", text)
        and text == text.strip(" ")
        and "  " not in text
    )
