"""A person who is signed in shows the face once more, for one matter.

Who needs the proof asks for it and leads the browser to the face step; the face step gives it when
it has spent the grant that is bound to the matter; who asked takes it. All of it is kept in the
person's session, so that no other browser can use it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from accounts.sign_in import login

if TYPE_CHECKING:
    from django.http import HttpRequest

ASKED, GIVEN, LAST = "proofs_asked", "proofs_given", "last_proof"
# Of so many matters at once, in several tabs. The oldest is forgotten.
MOST = 10


@dataclass(frozen=True, slots=True)
class AskedProof:
    """Who asks, for what in words (empty: only to be sure who is there), and the page after it."""

    by: str
    words: str
    next: str


def ask(request: HttpRequest, matter: str, proof: AskedProof) -> None:
    """Allow the face step for this matter. A proof that was given before no longer counts."""
    _forget(request, GIVEN, matter)
    _remember(request, ASKED, matter, asdict(proof))


def asked(request: HttpRequest, matter: str) -> AskedProof | None:
    found = request.session.get(ASKED, {}).get(matter)
    return AskedProof(**found) if found else None


def give(request: HttpRequest, matter: str, *, now: datetime) -> str:
    """The grant for this matter is spent. Returns the page that asked for it.

    Raises KeyError if nobody asked.
    """
    next_path = str(request.session[ASKED][matter]["next"])
    _forget(request, ASKED, matter)
    _remember(request, GIVEN, matter, now.timestamp())
    request.session[LAST] = now.timestamp()
    # As after every step of a sign-in: a key that somebody has seen is worth nothing from now on.
    request.session.cycle_key()
    login.seen_again(request)
    return next_path


def given_at(request: HttpRequest, matter: str) -> datetime | None:
    at = request.session.get(GIVEN, {}).get(matter)
    return datetime.fromtimestamp(at, tz=UTC) if at else None


def last(request: HttpRequest) -> datetime | None:
    """When the face was last shown for any matter in this session."""
    at = request.session.get(LAST)
    return datetime.fromtimestamp(at, tz=UTC) if at else None


def take(request: HttpRequest, matter: str) -> None:
    """Use the proof up."""
    _forget(request, GIVEN, matter)


def _remember(request: HttpRequest, where: str, matter: str, value: object) -> None:
    kept = dict(request.session.get(where, {}))
    kept.pop(matter, None)
    kept[matter] = value
    request.session[where] = dict(list(kept.items())[-MOST:])


def _forget(request: HttpRequest, where: str, matter: str) -> None:
    kept = dict(request.session.get(where, {}))
    kept.pop(matter, None)
    request.session[where] = kept
