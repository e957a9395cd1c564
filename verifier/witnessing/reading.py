"""Reading a site as everybody does, so that it cannot show this program another board."""

from __future__ import annotations

import http.client
import shutil
import urllib.error
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from verifier.rules.strict import require

if TYPE_CHECKING:
    from pathlib import Path

# A browser's name, because a server that forks its board would spare those who call themselves
# witnesses.
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SECONDS = 60
LONGEST = 16 * 2**20  # of anything but a board
BLOCK = 2**20
# A board may be of any size, but an answer that does not end must not fill the disk.
LEFT_FREE = 2**30

# What asking a site can raise.
UNREACHABLE = (OSError, http.client.HTTPException)


def fetch(address: str) -> bytes:
    """What is at an address of http or https. Raises one of UNREACHABLE, or Problem."""
    with _opened(_asked(address)) as answer:
        data = bytes(answer.read(LONGEST + 1))
    require(len(data) <= LONGEST, "an answer that is too long")
    return data


def download(address: str, target: Path) -> None:
    """Put what is at an address into a file. Raises one of UNREACHABLE, or Problem."""
    with _opened(_asked(address)) as answer, target.open("wb") as file:
        while block := answer.read(BLOCK):
            left = shutil.disk_usage(target.parent).free
            require(left > LEFT_FREE, "an answer that does not fit on this disk")
            file.write(block)


def post(address: str, body: bytes) -> str:
    """Send JSON; returns what the site answers. Raises one of UNREACHABLE, or Problem."""
    request = _asked(address)
    request.add_header("Content-Type", "application/json")
    request.data = body
    try:
        with _opened(request) as answer:
            return bytes(answer.read(1000)).decode(errors="replace")
    except urllib.error.HTTPError as error:
        with error:
            words = error.read(1000).decode(errors="replace")
        raise ConnectionError(f"{error.code}: {words}") from error


def _asked(address: str) -> urllib.request.Request:
    require(urlsplit(address).scheme in ("http", "https"), "not an address of http or https")
    return urllib.request.Request(address, headers={"User-Agent": BROWSER})  # noqa: S310 - see above


def _opened(request: urllib.request.Request) -> http.client.HTTPResponse:
    answer: http.client.HTTPResponse = urllib.request.urlopen(  # noqa: S310 - its scheme is checked
        request, timeout=SECONDS
    )
    return answer
