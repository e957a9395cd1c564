"""Finding a link or a code in a page or in what a command printed."""

from __future__ import annotations

import re


def found_in(text: str, pattern: str) -> str:
    """The first group of the pattern. AssertionError, with the text, if it is not there."""
    match = re.search(pattern, text)
    assert match is not None, text
    return match.group(1)
