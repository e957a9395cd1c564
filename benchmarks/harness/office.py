"""An official without a browser: uses the pages of the administration over real connections."""

from __future__ import annotations

import http.client
import json
import re
import time
from http import HTTPStatus
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from benchmarks.harness import voter

IMPORT = "/admin/voting/voterrollentry/import/"
FORM = "application/x-www-form-urlencoded"
BOUNDARY = "----an-upload-of-a-roll"
EVERY_SECONDS = 1.0


class Office:
    """Signs in as "chief". RuntimeError if a page answers otherwise than expected."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._import = ""
        self._cookies = voter.sign_in(f"http://localhost:{port}", "chief")

    def preview(self, election: int, data: bytes, *, longest: float) -> None:
        """Send a roll's file, and wait for what it would change."""
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        answer = self.post(IMPORT, _multipart(election, data), kind)
        self._import = answer.headers["Location"]
        self._wait(f"{self._import}progress/", "ready", longest)

    def confirm(self, *, longest: float) -> None:
        self.post(self._import, b"doubts_accepted=yes&confirm=yes", FORM)
        self._wait(f"{self._import}progress/", "done", longest)

    def export(self, election: int) -> None:
        query = urlencode({"election__id__exact": election})
        self.post(f"/admin/voting/voterrollentry/export/?{query}", b"x=", FORM, HTTPStatus.OK)

    def step(self, election: int, name: str, *, then: str, longest: float) -> None:
        """Take the next step of an election, and wait for the state that it leads to."""
        page = f"/admin/voting/election/{election}/"
        self.post(f"{page}step/{name}/", b"x=", FORM)
        self._wait(f"{page}progress/", then, longest)

    def _wait(self, path: str, state: str, longest: float) -> None:
        until = time.monotonic() + longest
        told: object = None
        while time.monotonic() < until:
            told = json.loads(self._ask("GET", path).read())
            if isinstance(told, dict) and told["state"] == state:
                return
            if isinstance(told, dict) and told["state"] in {"failed", "refused"}:
                break
            time.sleep(EVERY_SECONDS)
        raise RuntimeError(f"{path} tells {told} and not {state}")

    def post(
        self, path: str, body: bytes, kind: str, expected: HTTPStatus = HTTPStatus.FOUND
    ) -> http.client.HTTPResponse:
        answer = self._ask("POST", path, body, {"Content-Type": kind})
        page = answer.read()
        if answer.status != expected:
            words = re.findall(rb'class="errorlist[^>]*>(.*?)</ul>', page, re.DOTALL)
            raise RuntimeError(f"{path} answered {answer.status}: {words[:1] or page[:200]!r}")
        return answer

    def _ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> http.client.HTTPResponse:
        link = http.client.HTTPConnection("localhost", self._port, timeout=600)
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        token = {"X-CSRFToken": self._cookies["csrftoken"]}
        link.request(method, path, body or None, {"Cookie": cookies, **token, **(headers or {})})
        answer = link.getresponse()
        jar: SimpleCookie = SimpleCookie()
        for line in answer.headers.get_all("Set-Cookie", []):
            jar.load(line)
        self._cookies |= {name: morsel.value for name, morsel in jar.items()}
        return answer


def _multipart(election: int, data: bytes) -> bytes:
    parts = [("election", str(election)), ("create_voters", "on")]
    text = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parts
    )
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="import_file"; filename="r.csv"\r\n'
        "Content-Type: text/csv\r\n\r\n"
    )
    return f"{text}{head}".encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()
