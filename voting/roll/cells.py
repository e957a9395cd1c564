"""Text on its way into a spreadsheet."""

from __future__ import annotations

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """A spreadsheet runs what begins with these; a leading apostrophe makes it text."""
    return f"'{text}" if text.startswith(DANGEROUS) else text
