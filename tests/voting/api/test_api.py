"""The API: public data for all; rolls and photos for officials, as in the administration."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.api_tokens.tokens import Scope, make_token
from accounts.models import ApiToken, AuditEvent, User
from accounts.roles import AUDITOR, ELECTION_OFFICER, REGISTRAR
from biometrics.consent.agreement import give_consent, text_version
from biometrics.models import ReferencePhoto
from tests.support.officials import browser_of
from tests.support.pictures import ALICE, NOBODY, jpeg
from voting.models import State

pytestmark = pytest.mark.django_db
ROLL = "/api/elections/e/roll/"


@pytest.fixture(autouse=True)
def photos_folder(settings, tmp_path, scripted_engine, tasks_at_once):
    settings.PHOTOS_DIR = tmp_path


def program_of(role):
    """A program that works for an official, by a token."""
    from django.contrib.auth.models import Group

    official = User.objects.create_user(role, is_staff=True)
    official.groups.set(Group.objects.filter(name=role))
    return program(token_of(official))


def token_of(user, scopes=tuple(Scope)):
    life = timedelta(days=1)
    return make_token(user, label="test", scopes=scopes, life=life, now=timezone.now())


def program(token):
    return Client(headers={"Authorization": f"Token {token}"})


def file_of(data, name="roll.csv"):
    return {"file": SimpleUploadedFile(name, data)}


def test_the_schema_is_whole_and_without_warnings(capsys):
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json")

    paths = json.loads(capsys.readouterr().out)["paths"]
    assert {
        "/api/elections/",
        "/api/elections/{slug}/",
        "/api/elections/{slug}/board/",
        "/api/elections/{slug}/result/",
        "/api/elections/{slug}/roll/",
        "/api/voters/",
        "/api/voters/{id}/photos/",
    } <= set(paths)


def test_everybody_reads_elections_and_boards_and_nobody_a_count_before_release(poll, client):
    poll.cast(0)

    shown = client.get("/api/elections/e/")
    board = client.get("/api/elections/e/board/")

    assert shown.json()["turnout"] == {"eligible": 2, "voted": 1}
    assert board.json()["count"] > 0
    assert client.get("/api/elections/e/result/").status_code == 404
    for state in (State.CLOSED, State.COUNTED):
        assert client.get("/api/elections/e/result/").status_code == 404, state


def test_a_draft_is_shown_to_nobody(draft, client):
    assert client.get("/api/elections/").json()["results"] == []
    assert client.get("/api/elections/e/").status_code == 404


@pytest.mark.parametrize(
    ("role", "path", "method", "allowed"),
    [
        (REGISTRAR, ROLL, "get", True),
        (ELECTION_OFFICER, ROLL, "get", True),
        (AUDITOR, ROLL, "get", True),
        (AUDITOR, ROLL, "post", False),
        (REGISTRAR, "/api/voters/", "get", True),
        (ELECTION_OFFICER, "/api/voters/", "get", False),
        (AUDITOR, "/api/voters/", "get", False),
        (REGISTRAR, "/api/voters/1/photos/", "get", True),
        (ELECTION_OFFICER, "/api/voters/1/photos/", "get", False),
        (AUDITOR, "/api/voters/1/photos/", "post", False),
    ],
)
def test_a_token_opens_what_its_officials_role_opens(draft, role, path, method, allowed):
    path = path.replace("/1/", f"/{draft.users[0].pk}/")
    answer = getattr(program_of(role), method)(path)

    assert (answer.status_code not in {401, 403}) is allowed


def test_a_voters_or_a_switched_off_token_opens_nothing(draft):
    voter = token_of(draft.users[0])
    switched_off = program_of(REGISTRAR)
    User.objects.filter(username=REGISTRAR).update(is_active=False)

    assert program(voter).get(ROLL).status_code == 403
    assert switched_off.get(ROLL).status_code == 401


@pytest.mark.parametrize("path", [ROLL, "/api/voters/", "/api/voters/1/photos/"])
@pytest.mark.parametrize("token", [None, "wrong", "", "facevote_" + "x" * 43, "ü", "a b"])
def test_no_token_or_a_wrong_one_is_answered_with_how_to_sign_in(draft, path, token):
    client = Client() if token is None else program(token)

    answer = client.get(path)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize("path", [ROLL, "/api/voters/", "/api/voters/1/photos/"])
def test_who_has_the_permission_but_is_no_official_reads_nothing(draft, path):
    """A permission that was given to a voter by mistake opens nothing."""
    voter = draft.users[0]
    voter.user_permissions.set(Permission.objects.all())

    assert program(token_of(voter)).get(path.replace("1", str(voter.pk))).status_code == 403


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        (Scope.VOTERS_READ, "get", "/api/voters/"),
        (Scope.ROLLS_READ, "get", ROLL),
        (Scope.ROLLS_WRITE, "post", ROLL),
        (Scope.PHOTOS_READ, "get", "/api/voters/1/photos/"),
        (Scope.PHOTOS_WRITE, "post", "/api/voters/1/photos/"),
    ],
)
def test_a_token_opens_only_what_its_scopes_name(draft, scope, method, path):
    official = User.objects.create_superuser("chief")
    path = path.replace("/1/", f"/{draft.users[0].pk}/")
    others = [other for other in Scope if other != scope]

    assert getattr(program(token_of(official, [scope])), method)(path).status_code in {200, 400}
    assert getattr(program(token_of(official, others)), method)(path).status_code == 403


def test_reading_voters_is_on_record_and_not_stored_by_any_cache(draft):
    registrar = program_of(REGISTRAR)

    answers = [
        registrar.get(path) for path in ("/api/voters/", f"/api/voters/{draft.users[0].pk}/", ROLL)
    ]

    events = AuditEvent.objects.filter(action="voters_read").values_list("details", flat=True)
    assert [event["rows"] for event in events] == [4, 1]
    assert all(answer["Cache-Control"] == "no-store, private" for answer in answers)


def test_a_token_of_a_program_that_was_stopped_is_seen_and_revoked(draft):
    registrar = program_of(REGISTRAR)
    registrar.get(ROLL)
    token = ApiToken.objects.get()
    assert token.last_used_at is not None

    browser_of(User.objects.create_superuser("chief")).post(
        f"/admin/accounts/apitoken/{token.pk}/delete/", {"post": "yes"}
    )

    assert registrar.get(ROLL).status_code == 401
    assert AuditEvent.objects.filter(action="api_token_revoked").exists()


def test_a_roll_is_imported_whole_and_the_same_file_changes_nothing(draft):
    program = program_of(REGISTRAR)
    data = b"voter_number,name\n7,Seven\n8,Eight\n"

    first, second = (program.post(ROLL, file_of(data)).json()["rows"] for _ in range(2))

    assert (first["new"], second["new"], second["skip"]) == (2, 0, 2)
    assert draft.election.roll.count() == 4
    assert AuditEvent.objects.filter(action="voters_imported").exists()


def test_every_error_of_a_roll_names_its_line_and_column_and_nothing_is_kept(draft):
    data = b"voter_number,name,date_of_birth\n7,Seven,31.12.1950\n,Eight,\n"

    answer = program_of(REGISTRAR).post(ROLL, file_of(data))

    assert answer.status_code == 400
    first, second = answer.json()["errors"]
    assert first.startswith("Line 2, column 3")
    assert second.startswith("Line 3, column 1")
    assert draft.election.roll.count() == 2


def test_an_open_elections_roll_is_not_imported_into(poll):
    answer = program_of(REGISTRAR).post(ROLL, file_of(b"voter_number,name\n7,Seven\n"))

    assert answer.status_code == 400
    assert "frozen" in answer.json()["errors"][0]


def photos_of(voter):
    """Where the photos of a voter who agrees to the face check are sent."""
    give_consent(voter, text_version(), timezone.now())
    return f"/api/voters/{voter.pk}/photos/"


def test_no_photo_is_taken_of_a_voter_who_was_not_asked(draft):
    answer = program_of(REGISTRAR).post(
        f"/api/voters/{draft.users[0].pk}/photos/", file_of(jpeg(ALICE), "a.jpg")
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "consent_missing")
    assert not ReferencePhoto.objects.exists()


def test_a_photo_is_taken_and_its_state_can_be_followed(draft, django_capture_on_commit_callbacks):
    program = program_of(REGISTRAR)
    path = photos_of(draft.users[0])

    with django_capture_on_commit_callbacks(execute=True):
        taken = program.post(path, file_of(jpeg(ALICE), "a.jpg"))
        refused = program.post(path, file_of(jpeg(NOBODY), "b.jpg"))
    states = program.get(path).json()["results"]

    assert (taken.status_code, refused.status_code) == (201, 201)
    assert taken.json()["state"] == "waiting"
    assert [(one["state"], one["words"]) for one in states] == [
        ("usable", ""),
        ("refused", "No face was found"),
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"no picture", "wrong_format"), (b"x" * (8 * 1024 * 1024 + 1), "too_large")],
)
def test_what_is_no_photo_is_refused_with_a_code_and_words(draft, data, code):
    path = photos_of(draft.users[0])

    answer = program_of(REGISTRAR).post(path, file_of(data, "a.jpg"))

    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert answer.json()["words"]
    assert not ReferencePhoto.objects.exists()


def test_a_session_without_the_csrf_token_writes_nothing(draft):
    browser = Client(enforce_csrf_checks=True)
    chief = User.objects.create_superuser("chief")
    browser.force_login(chief)
    session = browser.session
    session["factors"] = ["password", "totp"]
    session.save()

    answer = browser.post(ROLL, file_of(b"voter_number,name\n7,Seven\n"))

    assert answer.status_code == 403
    assert draft.election.roll.count() == 2
