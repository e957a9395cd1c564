"""Text for files that people open in a spreadsheet."""

from __future__ import annotations

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """The text with a leading apostrophe if a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text
