"""A site that serves one election to a witness, and can lie to it."""

from __future__ import annotations

import hashlib
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from verifier.rules.strict import dump

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.verifier.maker import Maker

PATH = "/elections/test-election/"
SCRIPT = b"vote();\n"
PAGE = (
    b'<!doctype html><title>A</title><p>Hello<script type="module" src="/static/vote.js"></script>'
)


class ServedSite:
    """What the site answers. `files` are by path; `received` has what was sent to it."""

    def __init__(self, made: Maker) -> None:
        self.made = made
        self.address = ""
        self.received: list[Any] = []
        self.refuses = False
        self.names: set[str] = set()  # of the readers
        self.files = {"/static/vote.js": SCRIPT, "/verify/": PAGE}
        self.files |= {PATH + page: PAGE for page in ("", "board/", "results/")}
        self.show(made)

    def show(self, made: Maker, file: bytes | None = None) -> None:
        """Show another state of the election."""
        self.made = made
        self.files[PATH + "board.jsonl"] = made.file if file is None else file
        self.files[PATH + "head.json"] = dump(made.published_head(len(made.lines)))

    def scripts(self) -> str:
        """The list of the reviewed scripts."""
        digest = hashlib.sha256(SCRIPT).hexdigest()
        line = f"{digest}  sha256-{'A' * 43}=  /static/vote.js\n"
        return line + hashlib.sha256(line.encode()).hexdigest() + "\n"


@contextmanager
def served(made: Maker) -> Iterator[ServedSite]:
    """The site, while it runs."""
    site = ServedSite(made)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.names.add(self.headers["User-Agent"])
            data = site.files.get(self.path)
            self._answer(200 if data is not None else 404, data or b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if site.refuses or self.path != f"{PATH}witness/":
                self._answer(400, b"no")
                return
            site.received.append(json.loads(body))
            self._answer(201, b"{}")

        def _answer(self, code: int, data: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site.address = f"http://127.0.0.1:{server.server_port}{PATH}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
