"""Who may do what: every address, by every role and every method, on a real server.

python -m benchmarks.attacks.matrix [--save FILE] [--against FILE] [--json]

Each address is asked with GET, HEAD and an empty POST by a stranger, a voter, each official role, a
superuser and a program. An answer is "in" (the view itself answered), "away" (sent to the sign-in),
"no" (401 or 403), "none" (404) or "broken" (500 and more). `--save` keeps the matrix; `--against`
names every place that differs from a kept one, so that a change of rights is seen in review.
"""

from __future__ import annotations

import http.client
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.attacks import people
from benchmarks.attacks.fuzz import Request, send
from benchmarks.attacks.routes import all_routes
from benchmarks.harness import figures, throwaway

if TYPE_CHECKING:
    from benchmarks.attacks.routes import Route

METHODS = ("GET", "HEAD", "POST")
SIGN_IN = ("/sign-in/", "/admin/login/")
# What ends the session or the account of whoever asks comes last.
LAST = ("sign-out", "logout", "delete", "password")

Matrix = dict[str, dict[str, str]]


def matrix(
    server: http.client.HTTPConnection, routes: list[Route], things: people.Things
) -> Matrix:
    """By "METHOD address", what each kind of person gets."""
    found: Matrix = {}
    crowd = people.roles()
    for method in METHODS:
        for route in sorted(routes, key=lambda route: any(word in route.pattern for word in LAST)):
            values = {part: things.by_part.get(part, "1") for part in route.parts}
            row = found.setdefault(f"{method} /{route.pattern}", {})
            for somebody in crowd:
                request = Request(method, route.path(values), route.pattern, somebody.headers, b"")
                row[somebody.kind] = _outcome(server, request)
            if method == "POST":
                crowd = people.roles()
    return found


def _outcome(server: http.client.HTTPConnection, request: Request) -> str:
    answer = send(server, request)
    if answer.status >= 500:
        return "broken"
    if answer.status in {301, 302} and any(page in answer.location for page in SIGN_IN):
        return "away"
    return {401: "no", 403: "no", 404: "none"}.get(answer.status, "in")


def differences(found: Matrix, kept: Matrix) -> list[str]:
    """Each place at which a person now gets something else."""
    return [
        f"{what}: {who} got {kept.get(what, {}).get(who, '-')}, gets {outcome}"
        for what, row in found.items()
        for who, outcome in row.items()
        if kept.get(what, {}).get(who) != outcome
    ]


def summary(found: Matrix) -> dict[str, Any]:
    """How often each kind of person gets each outcome, and the places that are broken."""
    kinds = {kind for row in found.values() for kind in row}
    return {
        "requests": sum(len(row) for row in found.values()),
        **{kind: dict(Counter(row[kind] for row in found.values())) for kind in sorted(kinds)},
        "broken": [what for what, row in found.items() if "broken" in row.values()],
    }


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--save", type=Path, help="keep the matrix in this file")
    parser.add_argument("--against", type=Path, help="name what differs from a kept matrix")
    options = parser.parse_args()
    with throwaway.site("sqlite", **people.SETTINGS) as data:
        routes, things = all_routes(), people.set_up()
        with throwaway.server(data) as running:
            server = http.client.HTTPConnection("localhost", running.port, timeout=60)
            found = matrix(server, routes, things)
    if options.save:
        options.save.write_text(json.dumps(found, indent=1), encoding="utf-8")
    shown = summary(found)
    if options.against:
        kept = json.loads(options.against.read_text(encoding="utf-8"))
        shown["differences"] = differences(found, kept)
    figures.show(shown, as_json=options.json)
    if shown["broken"] or shown.get("differences"):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
