"""Times sign-in for other programs: the way through the authorisation endpoint, tokens, new keys.

python -m benchmarks.speed.oidc [--database postgresql] [--requests 600] [--servers 2] [--json]

"authorise" is the time from the request of a signed-in person's browser to the redirect with the
code, where no face is asked for. "tokens" is how many codes a second are exchanged. "rotation"
changes the signing keys again and again while codes are exchanged, and counts the ID tokens that a
program refuses which reads the list of keys once an hour. The processor's time is that of the
servers alone: it tells what two idle cores would do, also where the machine has other work.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from benchmarks.harness import figures, throwaway

if TYPE_CHECKING:
    from collections.abc import Sequence

CALLBACK = "https://shop.example.org/callback"
VERIFIER = secrets.token_urlsafe(32)
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
)
WARM_UP = 20
THREADS = 8
ROTATIONS = 5


@dataclass(frozen=True, slots=True)
class Shop:
    """A program, and the cookie of a person who has connected it."""

    client_id: str
    secret: str
    cookie: str


def set_up() -> Shop:
    """A person who is signed in, and a program that the person has connected."""
    from django.conf import settings  # after the site's set-up
    from django.db import transaction
    from django.test import Client as Browser
    from django.utils import timezone

    from accounts.models import User
    from accounts.oidc import connections
    from accounts.oidc import secrets as program_secrets
    from accounts.oidc.models import Client
    from accounts.sign_in import login

    user = User.objects.create_user("ada", first_name="Ada", last_name="Okafor")
    secret = program_secrets.new_secret()
    client = Client.objects.create(
        name="Shop", redirect_uris=CALLBACK, client_secret=program_secrets.digest(secret)
    )
    with transaction.atomic():
        connections.connect(user, client, ["openid", "profile"], now=timezone.now())
    browser = Browser()
    browser.force_login(user, login.BACKEND)
    session = browser.session
    session[login.FACTORS] = [login.PASSWORD, "face"]
    session[login.COMPLETED_AT] = timezone.now().timestamp()
    session.save()
    cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
    return Shop(client.client_id, secret, cookie)


def make_codes(count: int) -> list[str]:
    """Codes that are ready to be exchanged."""
    from django.utils import timezone  # after the site's set-up

    from accounts.models import User
    from accounts.oidc.models import Client, Code

    user, client, now = User.objects.get(), Client.objects.get(), timezone.now()
    codes = [secrets.token_urlsafe(22) for _ in range(count)]
    Code.objects.bulk_create(
        Code(
            application=client,
            user=user,
            password_mark=user.get_session_auth_hash(),
            code=code,
            expires=now + timedelta(hours=1),
            redirect_uri=CALLBACK,
            scope="openid profile",
            code_challenge=CHALLENGE,
            code_challenge_method="S256",
            nonce="n",
            sign_in={"auth_time": int(now.timestamp()), "acr": "x", "amr": ["pwd"]},
        )
        for code in codes
    )
    return codes


def authorise(port: int, shop: Shop, requests: int) -> list[float]:
    """Milliseconds of each request."""
    query = urlencode(
        {
            "response_type": "code",
            "client_id": shop.client_id,
            "redirect_uri": CALLBACK,
            "scope": "openid profile",
            "state": "s",
            "nonce": "n",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
    )
    connection, taken = _connection(port), []
    for _ in range(WARM_UP + requests):
        started = time.perf_counter()
        connection.request("GET", f"/oidc/authorize/?{query}", headers={"Cookie": shop.cookie})
        answer = connection.getresponse()
        answer.read()
        taken.append((time.perf_counter() - started) * 1000)
        if answer.status != 302 or "code=" not in (answer.getheader("Location") or ""):
            raise SystemExit(f"the request was answered with {answer.status}, without a code")
    return taken[WARM_UP:]


def exchange(port: int, shop: Shop, codes: Sequence[str]) -> list[str]:
    """Exchange the codes over one connection; the ID tokens."""
    connection, tokens = _connection(port), []
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for code in codes:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "client_id": shop.client_id,
            "client_secret": shop.secret,
            "code_verifier": VERIFIER,
        }
        connection.request("POST", "/oidc/token/", urlencode(fields), headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"a code was refused: {answer.status} {body!r}")
        tokens.append(str(json.loads(body)["id_token"]))
    return tokens


def processor_seconds(pids: Sequence[int]) -> float:
    """What these processes have used up so far."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def tokens_a_second(ports: Sequence[int], shop: Shop, requests: int) -> float:
    for port in ports:
        exchange(port, shop, make_codes(WARM_UP))
    codes = make_codes(requests)
    shares = [codes[number::THREADS] for number in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        started = time.perf_counter()
        parts = [
            pool.submit(exchange, ports[number % len(ports)], shop, share)
            for number, share in enumerate(shares)
        ]
        done = sum(len(part.result()) for part in parts)
        return done / (time.perf_counter() - started)


def refused_through_rotation(port: int, shop: Shop, requests: int) -> int:
    """How many ID tokens do not fit the list of keys that was read at most an hour before."""
    refused = 0
    for _ in range(ROTATIONS):
        kept = _published(port)
        _let_an_hour_pass()
        _rotate()
        tokens = exchange(port, shop, make_codes(requests // ROTATIONS))
        refused += sum(not _fits(token, kept) for token in tokens)
    return refused


def _published(port: int) -> Any:
    from jwcrypto.jwk import JWKSet

    connection = _connection(port)
    connection.request("GET", "/oidc/keys/")
    return JWKSet.from_json(connection.getresponse().read())


def _fits(token: str, keys: Any) -> bool:
    from jwcrypto.common import JWException
    from jwcrypto.jwt import JWT, JWTMissingKey

    try:
        JWT(jwt=token, key=keys, algs=["RS256"])
    except (JWException, JWTMissingKey):
        return False
    return True


def _let_an_hour_pass() -> None:
    from django.db.models import F  # after the site's set-up

    from accounts.oidc.models import SigningKey

    SigningKey.objects.update(made_at=F("made_at") - timedelta(hours=1, seconds=1))


def _rotate() -> None:
    from django.utils import timezone  # after the site's set-up

    from accounts.oidc import signing_keys

    signing_keys.rotate(actor=None, now=timezone.now())


def _connection(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("localhost", port, timeout=60)


def measure(database: str, requests: int, servers: int) -> dict[str, Any]:
    with (
        throwaway.site(database, **throwaway.in_production()) as data,
        ExitStack() as stack,
    ):
        shop = set_up()
        running = [stack.enter_context(throwaway.server(data)) for _ in range(servers)]
        ports = [server.port for server in running]
        pids = [server.pid for server in running]
        taken = authorise(ports[0], shop, requests)
        authorised = processor_seconds(pids)
        rate = tokens_a_second(ports, shop, requests)
        exchanged = processor_seconds(pids)
        each = 1000 * (exchanged - authorised) / (requests + WARM_UP * servers)
        return {
            "database": database,
            "authorise_ms": {"p50": round(median(taken), 1), "p95": round(_p95(taken), 1)},
            "tokens_a_second": round(rate),
            "processor_ms_for_a_token": round(each, 2),
            "tokens_a_second_that_two_idle_cores_allow": round(2000 / each),
            "rotations": ROTATIONS,
            "id_tokens_refused_through_rotations": refused_through_rotation(
                ports[0], shop, requests
            ),
        }


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--servers", type=int, default=2)
    options = parser.parse_args()
    found = measure(options.database, options.requests, options.servers)
    figures.show(found, as_json=options.json)


if __name__ == "__main__":
    main()
