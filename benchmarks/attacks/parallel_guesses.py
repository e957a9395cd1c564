"""How many guesses are compared when they come at the same moment.

    python -m benchmarks.attacks.parallel_guesses [--database sqlite] [--guesses 40] [--json]

A real server gets --guesses wrong passwords at once, each over a connection of its own: at the
sign-in from one address; and as the present password of somebody who is signed in and changes it.
The audit log says how many were compared: a refusal by a lock is recorded with the lock's name.
"""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from benchmarks.harness import figures, throwaway
from benchmarks.harness.voter import PASSWORD, request, sign_in

if TYPE_CHECKING:
    from collections.abc import Mapping

FORM = "application/x-www-form-urlencoded"
NEW = "quite another password 7"
CHANGE = "/account/password/"
# The numbers of the audit log's last events at each measurement.
_known = [0]


def at_once(url: str, path: str, cookies: Mapping[str, str], guesses: list[dict[str, str]]) -> Any:
    """Post all guesses at the same moment; how often each status was answered."""
    ready = threading.Barrier(len(guesses))

    def guess(typed: dict[str, str]) -> int:
        link = HTTPConnection(urlsplit(url).netloc, timeout=120)
        link.connect()
        body = urlencode({**typed, "csrfmiddlewaretoken": cookies["csrftoken"]}).encode()
        ready.wait()
        status, _cookies, _body = request(link, "POST", path, cookies, body=body, content_type=FORM)
        link.close()
        return status

    with ThreadPoolExecutor(len(guesses)) as pool:
        statuses = Counter(pool.map(guess, guesses))
    return {
        **{f"status_{status}": number for status, number in sorted(statuses.items())},
        "compared": _compared(),
    }


def _compared() -> int:
    """How many passwords were compared since the last time that this was asked."""
    from accounts.models import AuditEvent

    last, known = _known[-1], AuditEvent.objects.filter(action="sign_in_refused")
    new = known.filter(sequence__gt=last)
    compared: int = sum(event.details["lock"] == "" for event in new)
    _known.append(max(known.values_list("sequence", flat=True), default=last))
    return compared


def play(url: str, guesses: int) -> dict[str, Any]:
    link = HTTPConnection(urlsplit(url).netloc, timeout=60)
    _status, stranger, _body = request(link, "GET", "/sign-in/", {})
    official = sign_in(url, "official")
    _status, given, _body = request(link, "GET", CHANGE, official)
    link.close()
    wrong = [f"guess {number}" for number in range(guesses)]
    new = {"new_password1": NEW, "new_password2": NEW}
    return {
        "sign_in": at_once(
            url, "/sign-in/", stranger, [{"username": "voter", "password": word} for word in wrong]
        ),
        "present_password": at_once(
            url, CHANGE, official | given, [{"old_password": word, **new} for word in wrong]
        ),
    }


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--guesses", type=int, default=40)
    options = parser.parse_args()
    settings = {"OFFICIAL_SECOND_FACTOR": "none", "LOG_LEVEL": "ERROR"}
    with throwaway.site(options.database, **settings) as folder:
        from accounts.models import User

        User.objects.create_user("voter", password=PASSWORD)
        User.objects.create_user("official", password=PASSWORD, is_staff=True)
        with throwaway.server(folder) as server:
            measured = play(server.url, options.guesses)
    figures.show(measured, as_json=options.json)


if __name__ == "__main__":
    main()
