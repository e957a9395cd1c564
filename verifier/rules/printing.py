"""Printing text that somebody else has written, so that it cannot pass for this program's words.

docs/cryptography.md, section 8.
"""

from __future__ import annotations

import io
import re
import sys
from typing import TYPE_CHECKING

from verifier.rules.texts import NO_TEXT, OTHER_SPACE, UNSEEN

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 300
ESCAPED = re.compile(f"{NO_TEXT.pattern}|{UNSEEN.pattern}|{OTHER_SPACE.pattern.split('|')[0]}|\\\\")


def quoted(text: str) -> str:
    """The text in quotation marks, with all that shows nothing or breaks a line escaped."""
    return f"“{escaped(text)}”"


def escaped(text: str) -> str:
    """The text with all that shows nothing or breaks a line escaped, and not too long."""
    return escaped_whole(text[:LONGEST]) + ("…" if len(text) > LONGEST else "")


def escaped_whole(text: str) -> str:
    """The text escaped like that, in its whole length."""
    return ESCAPED.sub(_escape, text)


def speak_utf8() -> None:
    """Write UTF-8 to standard output and error, whatever the terminal or pipe is set to."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def say(lines: Iterable[str]) -> None:
    """Print lines to standard output."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def complain(message: str) -> None:
    """Print a line to standard error."""
    sys.stderr.write(f"{escaped(message)}\n")


def _escape(found: re.Match[str]) -> str:
    number = ord(found.group())
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
