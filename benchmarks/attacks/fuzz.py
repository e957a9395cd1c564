"""Sends what no form would send to every address of the site, and counts answers of 500 and more.

python -m benchmarks.attacks.fuzz [--requests 100000] [--database sqlite|postgresql] [--json]

Each request goes to a real server: a random address, method, person and body. Bodies are forms,
JSON, files and noise; their texts hold NUL, lone surrogates, very deep JSON, huge numbers, text
that runs backwards and the like, in every field that any page of the site has. The seed is printed:
with `--seed` a run is repeated.
"""

from __future__ import annotations

import http.client
import json
import random
import secrets
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_from_bytes, urlencode

from benchmarks.attacks import people
from benchmarks.attacks.routes import Route, all_routes
from benchmarks.harness import figures, throwaway

if TYPE_CHECKING:
    from benchmarks.attacks.people import Somebody, Things
    from benchmarks.harness.throwaway import Server

METHODS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUATSCH")
# GET and POST do the work; the others need only be refused.
WEIGHTS = (40, 45, 3, 2, 2, 2, 2, 2, 2)
DEEP = 20_000
TEXTS = (
    "",
    "\x00",
    "a\x00b",
    "\ud800",
    "a\udfffb",
    "\u202eevil",
    "\ufeff",
    "é" * 300,
    "x" * 5000,
    "'\"`;--<script>alert(1)</script>{{7*7}}{% x %}",
    "../../../../etc/passwd",
    "-1",
    "9" * 40,
    "1e309",
    "NaN",
    "0x10",
    "٣",
    "2026-02-30",
    "9999-12-31",
    "0001-01-01",
    "%00",
    "%s%n",
    "null",
    "on",
    "1",
    "\n\r\t\x0b",
    "\U0001f5f3\ufe0f",
)
PARAMETERS = (
    *("q", "o", "p", "e", "all", "page", "limit", "offset", "next", "election", "slug", "tracker"),
    *("_popup", "_to_field", "_changelist_filters", "format", "user__username", "state", "at__gte"),
    *("id__in", "pk", "decision", "blocked__exact", "enrolled", "district", "date", "seq", "head"),
)
# A request that ends a session or an account tells nothing about the requests after it.
FRESH_PEOPLE_EVERY = 40
LOG_SHOWN = 4000
TOLD_EVERY = 1000


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    route: str
    headers: dict[str, str]
    body: bytes


class Fields(HTMLParser):
    """The names of the fields of a page's forms."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("name")
        if tag in {"input", "select", "textarea", "button"} and name:
            self.names.add(name)


class Fuzzer:
    """Draws requests. Two with the same seed draw the same ones."""

    def __init__(self, seed: int, routes: list[Route], things: Things) -> None:
        self.random = random.Random(seed)
        self.routes, self.things = routes, things
        self.fields: dict[str, list[str]] = {}

    def learn(self, route: Route, page: bytes) -> None:
        """Remember the fields of the forms on this page."""
        parser = Fields()
        parser.feed(page.decode(errors="replace"))
        if parser.names:
            self.fields[route.pattern] = sorted(parser.names)

    def draw(self, crowd: list[Somebody]) -> tuple[Somebody, Request]:
        """A request, and who sends it: mostly somebody whom the address lets in."""
        route = self.random.choice(self.routes)
        somebody = self._who(route, crowd)
        method = self.random.choices(METHODS, WEIGHTS)[0]
        kind, body = self._body(route) if method not in {"GET", "HEAD"} else ("", b"")
        headers = dict(somebody.headers)
        if kind:
            headers["Content-Type"] = kind
        if self.random.random() < 0.05:
            headers |= self._odd_header()
        path = self._path(route) + self._query()
        return somebody, Request(method, path, route.pattern, headers, body)

    def _who(self, route: Route, crowd: list[Somebody]) -> Somebody:
        first = route.pattern.split("/")[0]
        at_home = {"admin": people.SUPERUSER, "enrolment": people.SUPERUSER, "api": people.TOKEN}
        kind = at_home.get(first, people.VOTER)
        if self.random.random() < 0.7:
            return next(somebody for somebody in crowd if somebody.kind == kind)
        return self.random.choice(crowd)

    def _path(self, route: Route) -> str:
        """Mostly with values that lead somewhere: otherwise nearly all answers were 404."""
        values = {
            part: quote(self._fitting(part), safe="")
            if self.random.random() < 0.8
            else _quoted(self._text())
            for part in route.parts
        }
        return route.path(values)

    def _query(self) -> str:
        if self.random.random() < 0.6:
            return ""
        chosen = self.random.sample(PARAMETERS, self.random.randint(1, 3))
        return "?" + "&".join(f"{name}={_quoted(self._text())}" for name in chosen)

    def _text(self) -> str:
        return self.random.choice(TEXTS)

    def _body(self, route: Route) -> tuple[str, bytes]:
        names = self.fields.get(route.pattern) or self._any_names()
        kind = self.random.choice(("form", "form", "form", "files", "json", "deep", "noise"))
        match kind:
            case "form":
                return "application/x-www-form-urlencoded", self._form(names)
            case "files":
                return self._files(names)
            case "json":
                return "application/json", self._json(names)
            case "deep":
                return "application/json", b'{"a":' * DEEP + b"1" + b"}" * DEEP
            case _:
                noise = self.random.randbytes(self.random.randint(0, 2000))
                return self._header_text()[:50] or "x", noise

    def _any_names(self) -> list[str]:
        return self.random.choice(list(self.fields.values())) if self.fields else ["a"]

    def _form(self, names: list[str]) -> bytes:
        """Few fields are odd at a time: a form that is odd all over is refused at its first one."""
        odd = set(self.random.sample(names, self.random.randint(1, min(3, len(names)))))
        pairs = []
        for name in names:
            value = _quoted(self._text()) if name in odd else quote(self._fitting(name))
            pairs.append(f"{quote(name)}={value}")
        return "&".join(pairs).encode()

    def _fitting(self, name: str) -> str:
        """Something that such a field may well take."""
        last = name.rsplit("-", 1)[-1]
        if name == "object_id":
            return str(self.random.randint(1, 4))
        known = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "0", "csrfmiddlewaretoken": people.CSRF}
        return known.get(last, self.things.by_part.get(last, "1"))

    def _files(self, names: list[str]) -> tuple[str, bytes]:
        edge = secrets.token_hex(8)
        parts = b""
        for name in [*names[:8], "file", "photo", "import_file"]:
            shown = f'; filename="{self._text()[:40]}.jpg"' if self.random.random() < 0.5 else ""
            head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"{shown}\r\n\r\n'
            content = self._text() if self.random.random() < 0.5 else "\xff\xd8\xff\xe0JFIF"
            parts += _bytes(head) + _bytes(content) + b"\r\n"
        return f"multipart/form-data; boundary={edge}", parts + _bytes(f"--{edge}--\r\n")

    def _json(self, names: list[str]) -> bytes:
        values: list[Any] = [self._text(), None, 2**70, -1, 1e308, [], {}, [[]], True]
        choice = self.random.choice
        shape = choice(
            [
                {name: choice(values) for name in names},
                {"purpose": choice(["login", "cast", *values]), "bound_to": choice(values)},
                {"message": choice(values), "credential": self._text(), "contests": choice(values)},
                [choice(values)] * 3,
                choice(values),
            ]
        )
        return json.dumps(shape).encode()

    def _odd_header(self) -> dict[str, str]:
        """Values that HTTP allows; what it does not allow the server's own parser refuses."""
        name = self.random.choice(
            ("Cookie", "Authorization", "Accept-Language", "Accept", "Range", "If-Modified-Since")
        )
        return {name: self._header_text()}

    def _header_text(self) -> str:
        text = self._text().encode("latin-1", "replace").decode("latin-1")
        return "".join(letter for letter in text if letter.isprintable())[:500]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _quoted(text: str) -> str:
    return quote_from_bytes(_bytes(text), safe="")


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is 599 if the server gave none; `fault` is what happened to the connection."""

    status: int
    body: bytes = b""
    location: str = ""
    fault: str = ""


def send(server: http.client.HTTPConnection, request: Request) -> Answer:
    """The answer. It is asked for twice: a server may close a connection that it kept open."""
    fault = ""
    for _try in range(2):
        try:
            server.request(request.method, request.path, request.body or None, request.headers)
            answer = server.getresponse()
            return Answer(answer.status, answer.read(), answer.getheader("Location") or "")
        except (OSError, http.client.HTTPException) as error:
            fault = f"{fault} {error!r}".strip()
            server.close()
    return Answer(599, fault=fault)


def fuzz(
    running: Server, fuzzer: Fuzzer, requests: int
) -> tuple[Counter[int], list[dict[str, str]]]:
    """How often each status came, and each request with an answer of 500 or more.

    What the server logged meanwhile stands beside such a request.
    """
    server = http.client.HTTPConnection("localhost", running.port, timeout=60)
    statuses: Counter[int] = Counter()
    broken: list[dict[str, str]] = []
    _learn_fields(server, fuzzer)
    crowd: list[Somebody] = []
    # Ctrl-C ends the run and shows what was found so far.
    with suppress(KeyboardInterrupt):
        for number in range(requests):
            if number % FRESH_PEOPLE_EVERY == 0:
                crowd = people.everybody()
            if number % TOLD_EVERY == 0:
                sys.stderr.write(f"{number} requests, {len(broken)} broken\n")
            somebody, request = fuzzer.draw(crowd)
            logged = running.log_size()
            answer = send(server, request)
            statuses[answer.status] += 1
            if answer.status >= 500:
                told = _told(request, somebody, answer) | {"log": running.log(logged)[-LOG_SHOWN:]}
                broken.append(told)
                sys.stderr.write(f"{told}\n")
    return statuses, broken


def _learn_fields(server: http.client.HTTPConnection, fuzzer: Fuzzer) -> None:
    for somebody in people.everybody()[:3]:
        for route in fuzzer.routes:
            values = {part: fuzzer.things.by_part.get(part, "1") for part in route.parts}
            request = Request("GET", route.path(values), route.pattern, somebody.headers, b"")
            fuzzer.learn(route, send(server, request).body)


def _told(request: Request, somebody: Somebody, answer: Answer) -> dict[str, str]:
    return {
        "status": f"{answer.status} {answer.fault}".strip(),
        "who": somebody.kind,
        "what": f"{request.method} {request.path[:300]}",
        "route": request.route,
        "content": request.headers.get("Content-Type", ""),
        "body": repr(request.body[:600]),
    }


def table(found: dict[str, Any]) -> str:
    lines = [figures.rows({key: value for key, value in found.items() if key != "broken"})]
    lines += [urlencode(one, safe=" /<>:=?&%'") for one in found["broken"][:50]]
    return "\n".join(lines)


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31))
    options = parser.parse_args()
    with throwaway.site(options.database, **people.SETTINGS) as data:
        fuzzer = Fuzzer(options.seed, all_routes(), people.set_up())
        with throwaway.server(data) as running:
            statuses, broken = fuzz(running, fuzzer, options.requests)
    found = {
        "seed": options.seed,
        "database": options.database,
        "requests": statuses.total(),
        "5xx": len(broken),
        "statuses": {str(status): count for status, count in sorted(statuses.items())},
        "broken": broken,
    }
    figures.show(found, as_json=options.json, table=table)
    if broken:
        raise SystemExit(f"{len(broken)} answers of 500 and more")


if __name__ == "__main__":
    main()
