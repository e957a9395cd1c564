"""The headers of the scripts that run as workers with the ballots' cryptography.

Its arithmetic is WebAssembly, which a page's policy does not let compile. A worker has the policy
of its own file, so only these files get one that allows it, and no page does. In return a worker
can ask nothing over the network: what it holds, such as a trustee's key, leaves it only by the
page that started it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csp.constants import NONE, SELF

if TYPE_CHECKING:
    from wsgiref.headers import Headers

POLICY = f"default-src {NONE}; script-src {SELF} 'wasm-unsafe-eval'"
# The static files whose paths begin so; collected files carry a hash behind it.
WORKERS = ("js/crypto/worker.", "js/crypto/trustees/worker.")


def add_headers(headers: Headers, _path: str, url: str) -> None:
    """Called by WhiteNoise for every static file, with the path of its address."""
    if any(f"/{worker}" in url for worker in WORKERS):
        headers["Content-Security-Policy"] = POLICY
