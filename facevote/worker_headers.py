"""The headers of the scripts that run as workers with the ballots' cryptography.

Its arithmetic is WebAssembly, which a page's policy does not let compile. A worker has the policy
of its own file, so only these files get one that allows it, and no page does. In return a worker
can ask nothing over the network: what it holds, such as a trustee's key, leaves it only by the
page that started it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from csp.constants import NONE, SELF

if TYPE_CHECKING:
    from wsgiref.headers import Headers

POLICY = f"default-src {NONE}; script-src {SELF} 'wasm-unsafe-eval'"
# With the hash that collected files carry in their names, and without.
_WORKER = re.compile(r"/js/crypto/(?:[a-z]+/)*worker(?:\.[0-9a-f]+)?\.js$")


def add_headers(headers: Headers, _path: str, url: str) -> None:
    """Called by WhiteNoise for every static file, with the path of its address."""
    if _WORKER.search(url):
        headers["Content-Security-Policy"] = POLICY
