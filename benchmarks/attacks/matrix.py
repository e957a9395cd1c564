"""Who may do what: every address, by every role and every method, on a real server.

python -m benchmarks.attacks.matrix [--save] [--json]

Each address is asked with GET, HEAD and an empty POST by a stranger, a voter, each official role, a
superuser and a program. An answer is "in" (the view itself answered), "away" (sent to the sign-in),
"no" (401 or 403), "none" (404) or "broken" (500 and more). Each place that differs from the table
rights.csv beside this file is named, and the exit code is 1: so a change of rights is seen in
review. `--save` writes the table anew.
"""

from __future__ import annotations

import csv
import http.client
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.attacks import people
from benchmarks.attacks.fuzz import Request, send
from benchmarks.attacks.routes import all_routes
from benchmarks.harness import figures, throwaway

if TYPE_CHECKING:
    from benchmarks.attacks.routes import Route

TABLE = Path(__file__).with_name("rights.csv")
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


def read_table() -> Matrix:
    """The matrix as it is meant to be."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row.pop("what"): row for row in csv.DictReader(file)}


def write_table(found: Matrix) -> None:
    kinds = list(next(iter(found.values())))
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["what", *kinds], lineterminator="\n")
        writer.writeheader()
        writer.writerows({"what": what, **row} for what, row in sorted(found.items()))


def differences(found: Matrix, kept: Matrix) -> list[str]:
    """Each place at which a person gets something else than the table says."""
    changed = [
        f"{what}: {who} should get {kept.get(what, {}).get(who, '-')}, gets {outcome}"
        for what, row in found.items()
        for who, outcome in row.items()
        if kept.get(what, {}).get(who) != outcome
    ]
    return changed + [f"{what}: is gone" for what in kept if what not in found]


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
    parser.add_argument("--save", action="store_true", help="write the table anew")
    options = parser.parse_args()
    with throwaway.site("sqlite", **people.SETTINGS) as data:
        routes, things = all_routes(), people.set_up()
        with throwaway.server(data) as running:
            server = http.client.HTTPConnection("localhost", running.port, timeout=60)
            found = matrix(server, routes, things)
    if options.save:
        write_table(found)
    shown = summary(found) | {"differences": differences(found, read_table())}
    figures.show(shown, as_json=options.json)
    if shown["broken"] or shown["differences"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
