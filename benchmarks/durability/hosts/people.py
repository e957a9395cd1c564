"""The voters of a drill: each signs in with password and face, and casts with another face step.

They do what the page does: they try again what failed, with the same ballot, until there is a
receipt. What they were answered is noted with its time.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin

from benchmarks.durability.polling import SLUG
from benchmarks.harness.voter import PASSWORD, cookie_header, request
from biometrics.engine.frame_message import VERSION, FrameMessage
from tests.support.pictures import ALICE, jpeg

if TYPE_CHECKING:
    from collections.abc import Callable

    from voting.crypto.encryption import EncryptedBallot

FRAMES_A_SECOND = 10
FRAMES = [jpeg(ALICE, mark=mark) for mark in range(40)]
PAUSE = 1.0
LONGEST = 600.0
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
NAMED = (b'"code"', b"We are not ready for you")
FAILURES = (OSError, http.client.HTTPException, WebSocketException, TimeoutError, ValueError)


class Failed(Exception):
    """A step that has to be tried again."""


@dataclass
class Log:
    """What all voters were answered. `bad` are answers of 500 and more: time, status, named."""

    bad: list[tuple[float, int, bool]] = field(default_factory=list)
    receipts: dict[int, str] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    # Why steps were tried again, and how often.
    again: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    gave_up: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answered(self, status: int, body: bytes) -> None:
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            named = status == HTTPStatus.SERVICE_UNAVAILABLE and any(w in body for w in NAMED)
            with self.lock:
                self.bad.append((time.monotonic(), status, named))


@dataclass
class Person:
    """One voter with a browser."""

    url: str
    number: int
    made: EncryptedBallot
    log: Log
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"voter-{self.number}"

    def vote(self) -> None:
        """From the sign-in to the receipt."""
        self._until_done("sign in", self.sign_in)
        self._until_done("cast", self.cast)

    def sign_in(self) -> None:
        """Password, face step and its completion: begun anew where one of them fails."""
        self.cookies = {}
        self._ask("GET", "/sign-in/")
        form = {"username": self.name, "password": PASSWORD} | self._token()
        self._expect(self._ask("POST", "/sign-in/", urlencode(form).encode(), FORM), 302)
        self._face("login", "")
        body = urlencode(self._token()).encode()
        status, _body = self._ask("POST", "/sign-in/face/complete/", body, FORM)
        if status != HTTPStatus.FOUND:
            raise Failed(f"the completion answered {status}")
        status, _body = self._ask("GET", f"/elections/{SLUG}/standing/")
        if status != HTTPStatus.OK:
            raise Failed(f"not signed in: {status}")

    def cast(self) -> None:
        """The ballot that was made once is sent again until its receipt comes."""
        answer = self._send()
        if answer == "verify-again":
            self._face("cast", self.made.ballot.tracker)
            answer = self._send()
        if answer:
            raise Failed(answer)

    def _send(self) -> str:
        """Empty for a receipt; else the code of the refusal."""
        status, body = self.ask_to_cast()
        if status == HTTPStatus.OK:
            if self.made.ballot.tracker not in json.loads(body)["receipt"]:
                raise AssertionError("a receipt names another ballot")
            with self.log.lock:
                self.log.receipts[self.number] = self.made.ballot.tracker
            return ""
        if status in {HTTPStatus.FOUND, HTTPStatus.FORBIDDEN}:
            self.sign_in()
        return str(json.loads(body)["code"]) if body.startswith(b"{") else f"{status}"

    def ask_to_cast(self) -> tuple[int, bytes]:
        """Send the ballot once. Returns the status and the body of the answer."""
        path = f"/elections/{SLUG}/cast/"
        return self._ask("POST", path, self.made.ballot.to_json(), JSON)

    def _face(self, purpose: str, bound_to: str) -> None:
        wanted = json.dumps({"purpose": purpose, "bound_to": bound_to}).encode()
        status, body = self._ask("POST", "/verify/ticket/", wanted, JSON)
        self._expect((status, body), HTTPStatus.OK)
        ticket = json.loads(body)["ticket"]
        address = self.url.replace("http", "ws", 1) + "/ws/verify/"
        with connect(
            address,
            origin=Origin(self.url),
            additional_headers={"Cookie": cookie_header(self.cookies)},
            compression=None,
            open_timeout=10,
            close_timeout=1,
        ) as link:
            link.send(json.dumps({"type": "hello", "version": VERSION, "ticket": ticket}))
            verdict = _verdict(link)
        if not verdict.get("verified"):
            with self.log.lock:
                self.log.refused.append(str(verdict))
            raise Failed(f"the face step says {verdict}")

    def _token(self) -> dict[str, str]:
        return {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}

    def _ask(
        self, method: str, path: str, body: bytes = b"", content_type: str = ""
    ) -> tuple[int, bytes]:
        link = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        try:
            status, given, answer = request(
                link, method, path, self.cookies, body=body, content_type=content_type
            )
        finally:
            link.close()
        self.cookies |= given
        self.log.answered(status, answer)
        return status, answer

    @staticmethod
    def _expect(answer: tuple[int, bytes], status: int) -> None:
        if answer[0] != status:
            raise Failed(f"{answer[0]} {answer[1][:80]!r}")

    def _until_done(self, what: str, step: Callable[[], None]) -> None:
        """Try until it works, and note for how long nothing but failures came."""
        first_failure, until = 0.0, time.monotonic() + LONGEST
        said = ""
        while time.monotonic() < until:
            try:
                step()
            except (Failed, KeyError, *FAILURES) as failure:
                said = f"{what}: {type(failure).__name__} {failure}"
                first_failure = first_failure or time.monotonic()
                with self.log.lock:
                    self.log.again[said[:60]] += 1
                time.sleep(PAUSE)
            else:
                if first_failure:
                    with self.log.lock:
                        self.log.waits.append(time.monotonic() - first_failure)
                return
        with self.log.lock:
            self.log.gave_up.append(f"{self.name} could not {what}: {said}")
        raise SystemExit


def _verdict(link: Any) -> dict[str, Any]:
    answer = json.loads(link.recv(timeout=30))
    sequence, due = 0, time.monotonic()
    while answer["type"] != "verdict":
        if answer["type"] in {"ready", "frame"}:
            time.sleep(max(0.0, due - time.monotonic()))
            due = time.monotonic() + 1 / FRAMES_A_SECOND
            sequence += 1
            sent = int(time.monotonic() * 1000)
            frame = FRAMES[sequence % len(FRAMES)]
            link.send(FrameMessage(0, sequence, sent, frame).to_bytes())
        answer = json.loads(link.recv(timeout=30))
    told: dict[str, Any] = answer
    return told


def give_passwords_and_faces() -> None:
    """Every voter of the election gets the harness's password, agrees and is enrolled."""
    from django.contrib.auth.hashers import make_password

    from accounts.models import User
    from tests.support.people import enrol

    password = make_password(PASSWORD)
    for user in User.objects.filter(username__startswith="voter-"):
        User.objects.filter(pk=user.pk).update(password=password)
        enrol(user)


def crowd(url: str, election: Any, log: Log) -> list[Person]:
    """All voters of the election, each with a ballot that is encrypted already."""
    from voting.crypto.encryption import encrypt_ballot
    from voting.elections import freezing
    from voting.elections.credentials import public_row_of

    manifest = freezing.read_manifest(election)
    contest = manifest.contests[0]
    people = []
    for entry in election.roll.select_related("user"):
        row = public_row_of(election, entry)
        made = encrypt_ballot(manifest, row, {contest.id: [contest.choices[0].id]})
        number = int(entry.user.username.removeprefix("voter-"))
        people.append(Person(url, number, made, log))
    return people


def run(people: list[Person], *, arrive_within: float, beside: Callable[[], None]) -> float:
    """Everybody votes, arriving one after the other; `beside` runs meanwhile. Seconds in all.

    `beside` must end by itself.
    """
    began = time.monotonic()
    threads = [threading.Thread(target=_vote, args=[person], daemon=True) for person in people]
    other = threading.Thread(target=beside, daemon=True)
    other.start()
    for thread in threads:
        thread.start()
        time.sleep(arrive_within / max(1, len(threads)))
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - began
    other.join()
    return seconds


def _vote(person: Person) -> None:
    with contextlib.suppress(SystemExit):
        person.vote()
