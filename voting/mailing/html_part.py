"""The HTML part of a letter: the plain text with links, and nothing that is loaded."""

from __future__ import annotations

import re
from typing import Final

from django.utils.html import escape

_ADDRESS = re.compile(r"https?://[^\s<>\"“”]+[^\s<>\"“”.,;:!?)]")
PAGE: Final = (
    '<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" '
    'content="light dark"></head><body style="font-family:sans-serif;font-size:16px;'
    'line-height:1.5;max-width:36em;margin:1em">{}</body></html>'
)


def html_page(text: str) -> str:
    """The whole part. It has no pictures and no tracking, so a mail program shows it at once."""
    return PAGE.format(html_body(text))


def html_body(text: str) -> str:
    """A paragraph for each block of lines. All of the text is escaped."""
    blocks = re.split(r"\n\s*\n", text.strip().replace("\r\n", "\n"))
    return "".join(f"<p>{_lines(block)}</p>" for block in blocks if block.strip())


def _lines(block: str) -> str:
    pieces, end = [], 0
    for found in _ADDRESS.finditer(block):
        address = escape(found.group(0))
        pieces += [escape(block[end : found.start()]), f'<a href="{address}">{address}</a>']
        end = found.end()
    pieces.append(escape(block[end:]))
    return "".join(pieces).strip().replace("\n", "<br>")
