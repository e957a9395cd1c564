"""What a program may ask for, what it is answered otherwise, and that the schema says so."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from accounts.roles import REGISTRAR
from tests.support.polls import draft_election, open_poll
from tests.voting.api.test_api import ROLL, file_of, program_of
from voting.api.pagination import Pages
from voting.elections import life_cycle

pytestmark = pytest.mark.django_db

ELECTIONS, VOTERS = "/api/elections/", "/api/voters/"


@pytest.fixture
def program(settings, tmp_path):
    settings.PHOTOS_DIR = tmp_path
    return program_of(REGISTRAR)


@pytest.mark.parametrize("path", [ELECTIONS, VOTERS, ROLL, "/api/elections/e/board/"])
@pytest.mark.parametrize("name", ["limit", "offset"])
@pytest.mark.parametrize("value", ["9223372036854775808", "1e9", "-1", "x", "", "\uff11"])
def test_a_number_that_cannot_be_meant_is_refused(poll, program, path, name, value):
    answer = program.get(path, {name: value})

    assert answer.status_code == 400
    assert name in answer.json()["detail"]


def test_nobody_is_given_a_whole_table(program):
    number = Pages.max_limit + 5
    User.objects.bulk_create(User(username=f"u{n}") for n in range(number))

    for limit in (Pages.max_limit + 1, 999_999_999_999):
        assert len(program.get(VOTERS, {"limit": limit}).json()["results"]) == Pages.max_limit


def test_elections_are_filtered_by_their_state(client, now):
    closed = open_poll(slug="a")
    life_cycle.close_election(closed.election, actor=None, now=now)
    open_poll(slug="b")
    draft_election(slug="c")

    slugs = [
        [found["slug"] for found in client.get(ELECTIONS, {"state": state}).json()["results"]]
        for state in ("closed", "open", "released")
    ]

    assert slugs == [["a"], ["b"], []]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (ELECTIONS, {"state": "draft"}),
        (ELECTIONS, {"state": "shut"}),
        (ELECTIONS, {"status": "open"}),
        ("/api/elections/e/", {"state": "open"}),
        (VOTERS, {"search": "ada"}),
        (ROLL, {"page_size": "2"}),
        ("/api/elections/e/board/", {"tracker": "x"}),
    ],
)
def test_a_parameter_that_would_have_no_effect_is_refused(poll, program, path, query):
    answer = program.get(path, query)

    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_a_roll_of_a_frozen_election_is_refused_in_one_plain_sentence(poll, program):
    answer = program.post(ROLL, file_of(b"voter_number,name\n7,Seven\n"))

    assert answer.status_code == 400
    assert answer.json() == {"errors": ["The roll of a frozen election is not imported into."]}


def test_a_roll_without_voters_is_refused(draft, program):
    answer = program.post(ROLL, file_of(b"voter_number,name\n"))

    assert answer.status_code == 400
    assert "no voters" in answer.json()["errors"][0]


def test_doubts_keep_a_roll_out_until_the_program_accepts_them(draft, program):
    data = b"voter_number,name\n0101,Jo\n0102,Al\n103,Ed\n"

    doubted = program.post(ROLL, file_of(data))
    refused = draft.election.roll.count()
    accepted = program.post(ROLL, {**file_of(data), "doubts_accepted": "true"})

    assert doubted.status_code == 400
    assert "different lengths" in doubted.json()["errors"][0]
    assert refused == 2
    assert accepted.json() == {"rows": {"new": 3, "update": 0, "skip": 0}}


def test_a_post_without_a_file_is_answered_as_the_schema_says(draft, program):
    photos = f"/api/voters/{draft.users[0].pk}/photos/"

    roll, photo = program.post(ROLL), program.post(photos)

    assert (roll.status_code, photo.status_code) == (400, 400)
    assert roll.json().keys() == {"errors"}
    assert all(isinstance(sentence, str) for sentence in roll.json()["errors"])
    assert photo.json().keys() == {"code", "words"}


def test_every_refusal_is_in_the_schema(poll, program, client, capsys, settings):
    call_command("spectacular", "--format", "openapi-json")
    paths = json.loads(capsys.readouterr().out)["paths"]
    election, photos = "/api/elections/{slug}/", "/api/voters/{id}/photos/"
    one = f"/api/voters/{poll.users[0].pk}/photos/"
    wrong = Client(headers={"Authorization": "Token wrong"})
    text = {"data": "x", "content_type": "text/plain"}
    answers = [
        ("/api/elections/", "get", client.get(ELECTIONS, {"limit": "x"})),
        ("/api/elections/", "get", wrong.get(ELECTIONS)),
        (election, "get", client.get("/api/elections/none/")),
        (f"{election}result/", "get", client.get("/api/elections/e/result/")),
        (f"{election}roll/", "get", client.get(ROLL)),
        (f"{election}roll/", "get", program.get("/api/elections/none/roll/")),
        (f"{election}roll/", "post", program.post(ROLL, **text)),
        (f"{election}roll/", "post", program.post(ROLL)),
        (f"{election}roll/", "post", client.post(ROLL)),
        (photos, "get", program.get("/api/voters/999999/photos/")),
        (photos, "post", program.post(one, **text)),
        (photos, "post", program.post(one)),
        (photos, "post", client.post(one)),
    ]

    for path, method, answer in answers:
        assert answer.status_code >= 400
        described = paths[path][method]["responses"]
        assert str(answer.status_code) in described, (path, method, answer.status_code)
    described = paths[f"{election}roll/"]["post"]["responses"]
    assert {"400", "401", "403", "404", "415", "429"} <= set(described)
