"""Comparing the scripts and pages that a site hands out with a list of reviewed scripts.

docs/cryptography.md, section 11.
"""

from __future__ import annotations

import hashlib
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from verifier.rules.strict import HEX, require
from verifier.witnessing.reading import fetch

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE = re.compile(rf"({HEX})  sha256-[A-Za-z0-9+/=]{{44}}  (/\S+)")
HARMLESS = ("application/json",)  # types of scripts that are data
EMBEDDING = ("iframe", "frame", "object", "embed", "base", "portal")


def read_list(text: str) -> dict[str, str]:
    """The hash of each script by its path. Raises Problem if the list is not whole."""
    lines = text.splitlines(keepends=True)
    require(len(lines) > 1, "a list of scripts without scripts")
    *scripts, last = lines
    whole = hashlib.sha256("".join(scripts).encode()).hexdigest()
    require(last.strip() == whole, "the list's last line is not the hash of the others")
    found = {}
    for line in scripts:
        match = LINE.fullmatch(line.rstrip("\n"))
        require(match, "a line of the list that names no script")
        if match:
            found[match[2]] = match[1]
    return found


def changed_scripts(site: str, known: dict[str, str]) -> Iterator[str]:
    """What is wrong with the scripts that the site hands out. Raises one of UNREACHABLE."""
    for path, expected in known.items():
        found = hashlib.sha256(fetch(urljoin(site, path))).hexdigest()
        if found != expected:
            yield f"the script {path} is not the reviewed one"


def strange_code(address: str, known: dict[str, str]) -> Iterator[str]:
    """The code of a page that is not in the list. Raises one of UNREACHABLE."""
    page = Page(address)
    page.feed(fetch(address).decode(errors="replace"))
    page.close()
    own = urlsplit(address)
    for source in page.sources:
        parts = urlsplit(urljoin(address, source))
        same = (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
        if not same or parts.path not in known:
            yield f"the page {own.path} names the script {source}, which is not reviewed"
    for words in page.strange:
        yield f"the page {own.path} has {words}"


class Page(HTMLParser):
    """The code of one page: the scripts and workers that it names, and code in the page itself."""

    def __init__(self, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.sources: list[str] = []
        self.strange: list[str] = []
        self._address = address
        self._code = False  # inside a script that runs

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "script":
            self._script(values)
        if tag in EMBEDDING:
            self.strange.append(f"an element {tag}")
        if tag == "link" and "modulepreload" in values.get("rel", "").casefold():
            self.sources.append(values.get("href", ""))
        for name, value in values.items():
            if name == "data-worker":
                self.sources.append(value)
            if name.startswith("on") or name == "srcdoc":
                self.strange.append(f"code in an attribute {name}")
            if re.match(r"\s*(javascript|data|vbscript):", value, re.IGNORECASE) and tag != "img":
                self.strange.append(f"code in an attribute {name}")

    def handle_endtag(self, tag: str) -> None:
        self._code = self._code and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._code and data.strip():
            self.strange.append("a script in its text")

    def _script(self, values: dict[str, str]) -> None:
        if values.get("type", "").strip().casefold() in HARMLESS:
            return
        self._code = True
        if "src" in values:
            self.sources.append(values["src"])
