"""An open election whose voters are at the last step: recognised, with an encrypted ballot."""

from __future__ import annotations

import hashlib
import http.client
import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.sessions.base_session import AbstractBaseSession

    from accounts.models import User
    from biometrics.models import VerificationGrant, VerificationSession
    from voting.models import Election

SLUG = "measured"
CSRF = "c" * 32


@dataclass(frozen=True)
class Voter:
    """A voter who has only to send the ballot: the request's cookies and body are ready."""

    number: int
    cookies: str
    body: bytes
    tracker: str


def open_election(
    *,
    voters: int,
    choices: int,
    closes_in: timedelta | None = None,
    ready: int | None = None,
) -> tuple[Election, list[Voter]]:
    """An election with one contest, and its voters, or the first `ready` of them.

    The process must have entered a site.
    """
    from django.db import transaction
    from django.utils import timezone

    from voting.elections import freezing, life_cycle

    now = timezone.now()
    with transaction.atomic():
        election, users, official = _draft(voters, choices)
        if closes_in is not None:
            election.closes_at = now + closes_in
            election.save()
    freezing.freeze(election, actor=official, now=now)
    life_cycle.open_election(election, actor=official, now=now)
    with transaction.atomic():
        return election, _ready(election, users[:ready])


def _draft(voters: int, choices: int) -> tuple[Election, list[User], User]:
    from accounts.models import User
    from voting.models import Choice, Contest, Election, VoterRollEntry

    election = Election.objects.create(
        slug=SLUG, title="Measured", ask_voter_number=False, ask_date_of_birth=False
    )
    contest = Contest.objects.create(election=election, title="Chair")
    for order in range(choices):
        Choice.objects.create(contest=contest, name=f"Choice {order + 1}", order=order)
    people = [User(username=f"voter-{number}", password="!") for number in range(voters)]  # noqa: S106
    User.objects.bulk_create(people)
    users = list(User.objects.filter(username__startswith="voter-").order_by("pk"))
    VoterRollEntry.objects.bulk_create(
        VoterRollEntry(
            election=election,
            user=user,
            name=user.username,
            voter_number=f"N{user.pk}",
            number_key=f"n{user.pk}",
        )
        for user in users
    )
    return election, users, User.objects.create_user("official", is_staff=True)


def _ready(election: Election, users: list[User]) -> list[Voter]:
    from django.contrib.sessions.models import Session

    from biometrics.models import VerificationGrant, VerificationSession
    from voting.crypto.encryption import encrypt_ballot
    from voting.elections import freezing
    from voting.elections.credentials import public_row_of

    manifest = freezing.read_manifest(election)
    entries = {entry.user_id: entry for entry in election.roll.all()}
    contest = manifest.contests[0]
    ready, stored, verified = [], [], []
    for number, user in enumerate(users):
        row = public_row_of(election, entries[user.pk])
        made = encrypt_ballot(manifest, row, {contest.id: [contest.choices[0].id]})
        tracker, mark = made.opening.tracker, secrets.token_urlsafe(16)
        verified.append(_verified(user, tracker, hashlib.sha256(mark.encode()).hexdigest()))
        key = secrets.token_hex(16)
        stored.append(_session(user, key, mark))
        cookies = f"facevote={key}; csrftoken={CSRF}"
        ready.append(Voter(number, cookies, made.ballot.to_json(), tracker))
    Session.objects.bulk_create(stored)  # type: ignore[arg-type]
    VerificationSession.objects.bulk_create(verified)
    VerificationGrant.objects.bulk_create(_grant(session) for session in verified)
    return ready


def _session(user: User, key: str, mark: str) -> AbstractBaseSession:
    """What a finished sign-in leaves in the store."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from accounts.sign_in.login import BACKEND, FACTORS
    from accounts.sign_in.session_store import SessionStore
    from biometrics.verification.browser_binding import MARK

    store = SessionStore(key)
    return store.create_model_instance(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: BACKEND,
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            FACTORS: ["password", "face"],
            MARK: mark,
        }
    )


def _verified(user: User, tracker: str, browser: str) -> VerificationSession:
    from django.utils import timezone

    from biometrics.models import Purpose, SessionState, VerificationSession

    now = timezone.now()
    return VerificationSession(
        user=user,
        purpose=Purpose.CAST,
        bound_to=tracker,
        ticket_hash=secrets.token_hex(32),
        browser_hash=browser,
        state=SessionState.VERIFIED,
        created_at=now,
        ticket_expires_at=now,
    )


def _grant(session: VerificationSession) -> VerificationGrant:
    from biometrics.models import VerificationGrant

    return VerificationGrant(
        session=session,
        user_id=session.user_id,
        purpose=session.purpose,
        bound_to=session.bound_to,
        browser_hash=session.browser_hash,
        created_at=session.created_at,
        # The measurement may take longer than a voter has.
        expires_at=session.created_at + timedelta(days=1),
    )


def post(port: int, voter: Voter, connection: http.client.HTTPConnection | None = None) -> int:
    """Cast over HTTP. The answer's status, or 0 if no whole answer came.

    AssertionError if the receipt names another ballot.
    """
    link = connection or http.client.HTTPConnection("localhost", port, timeout=60)
    headers = {
        "Cookie": voter.cookies,
        "X-CSRFToken": CSRF,
        "Content-Type": "application/json",
        "Connection": "keep-alive",
    }
    try:
        link.request("POST", f"/elections/{SLUG}/cast/", voter.body, headers)
        answer = link.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException):
        link.close()
        return 0
    if answer.status == http.HTTPStatus.OK and voter.tracker not in json.loads(body)["receipt"]:
        raise AssertionError("a receipt names another ballot")
    return answer.status


def post_all(ports: list[int], voters: list[Voter], *, clients: int = 8) -> list[int]:
    """Everybody casts, `clients` at a time over lasting connections. The statuses, in order."""

    def share(first: int) -> list[int]:
        port = ports[first % len(ports)]
        link = http.client.HTTPConnection("localhost", port, timeout=60)
        return [post(port, voter, link) for voter in voters[first::clients]]

    statuses = [0] * len(voters)
    with ThreadPoolExecutor(clients) as pool:
        for first, part in enumerate(pool.map(share, range(clients))):
            statuses[first::clients] = part
    return statuses
