"""Somebody of each kind, signed in on a throwaway site with one open election and one draft."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import timedelta

SLUG, DRAFT, CSRF = "open", "draft", "c" * 32
STRANGER, VOTER, SUPERUSER, TOKEN = "stranger", "voter", "superuser", "program"


# Of the site: officials sign in with the password alone, and no network is loaded.
SETTINGS = {
    "OFFICIAL_SECOND_FACTOR": "none",
    "ENGINE": "tests.support.scripted_engine.ScriptedEngine",
    "LOG_LEVEL": "ERROR",
}


@dataclass(frozen=True, slots=True)
class Somebody:
    """The headers that a browser or a program of this kind sends with every request."""

    kind: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Things:
    """Values that fit the addresses of the site, by the names of the parts."""

    by_part: dict[str, str]


def set_up() -> Things:
    """An open election and a draft, with voters, trustees, a photo and a proposal."""
    from django.utils import timezone

    from accounts.models import User
    from biometrics.consent.agreement import give_consent, text_version
    from biometrics.enrolment.photos import store_photo
    from tests.support.pictures import ALICE, jpeg
    from tests.support.polls import draft_election, open_poll
    from voting.keys import naming
    from voting.models import Choice, ChoicePicture, PictureRole

    poll = open_poll(slug=SLUG)
    draft = draft_election(slug=DRAFT, key_mode="trustees")
    _trustee, token = naming.add_trustee(draft.election, "Ada")
    choice = Choice.objects.filter(contest__election=draft.election).first()
    if choice is None:
        raise RuntimeError("the draft has no choice")
    picture = ChoicePicture.objects.create(choice=choice, role=PictureRole.PHOTO, webp=b"RIFF")
    User.objects.create_superuser(SUPERUSER)
    give_consent(poll.users[0], text_version(), timezone.now())
    photo = store_photo(poll.users[0], jpeg(ALICE), None, now=timezone.now())
    return Things(
        {
            "slug": SLUG,
            "tracker": poll.cast(0),
            "pk": str(picture.pk),
            "token": token,
            "kind": "registration",
            "user_id": str(poll.users[0].pk),
            "id": str(poll.users[0].pk),
            "photo_id": str(photo.pk),
            "frame_id": str(photo.pk),
            "object_id": "1",
            "content_type_id": "1",
            "secret": "no-such-link",
            "matter": "no-such-matter",
            "request_id": str(uuid.UUID(int=0)),
            "enrolment_id": "1",
            "connection_id": "1",
            "client_id": "1",
            "name": "open",
            "app_label": "voting",
            "url": "voting",
        }
    )


def roles() -> list[Somebody]:
    """Every official role, beside the four kinds of people."""
    from django.contrib.auth.models import Group

    from accounts import roles as groups
    from accounts.models import User

    officials = []
    for role in (groups.REGISTRAR, groups.ELECTION_OFFICER, groups.AUDITOR):
        user, _created = User.objects.get_or_create(username=role, is_staff=True)
        user.groups.set(Group.objects.filter(name=role))
        officials.append(_browser(role, user.pk, "none"))
    return [*everybody(), *officials]


def everybody() -> list[Somebody]:
    """Fresh sessions: a request before may have ended the old ones, or deleted the account."""
    from accounts.models import User

    chief, _made = User.objects.update_or_create(
        username=SUPERUSER,
        defaults={"is_staff": True, "is_superuser": True, "is_active": True},
    )
    voter, _made = User.objects.update_or_create(
        username=f"{SLUG}-voter-1", defaults={"is_active": True, "is_staff": False}
    )
    return [
        Somebody(STRANGER, _headers(f"csrftoken={CSRF}")),
        _browser(VOTER, voter.pk, "face"),
        _browser(SUPERUSER, chief.pk, "none"),
        Somebody(TOKEN, {"Authorization": f"Token {_token(chief.pk)}"}),
    ]


def _headers(cookie: str) -> dict[str, str]:
    return {"Cookie": cookie, "X-CSRFToken": CSRF}


def _browser(kind: str, user_id: int, factor: str) -> Somebody:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from accounts.models import User
    from accounts.sign_in.login import BACKEND, FACTORS
    from accounts.sign_in.session_store import SessionStore
    from voting.models import VoterRollEntry

    user = User.objects.get(pk=user_id)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[FACTORS] = ["password", factor]
    for entry in VoterRollEntry.objects.filter(user=user):
        # The voter's details fitted the roll: otherwise no request would reach the ballot.
        session[f"voting.details.{entry.election_id}"] = entry.pk
    session.create()
    return Somebody(kind, _headers(f"facevote={session.session_key}; csrftoken={CSRF}"))


def _token(user_id: int) -> str:
    from django.utils import timezone

    from accounts.api_tokens.tokens import Scope, make_token
    from accounts.models import User

    return make_token(
        User.objects.get(pk=user_id),
        label=secrets.token_hex(4),
        scopes=list(Scope),
        life=timedelta(days=1),
        now=timezone.now(),
    )
