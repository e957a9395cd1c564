"""What no form would send is refused in words, and never ends in an error of the server.

`python -m benchmarks.attacks.fuzz` found these; each stands for its kind.
"""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from tests.support.officials import browser_of
from tests.support.people import enrolled
from tests.support.polls import draft_election, open_poll
from tests.support.whole_login import WholeLoginClient
from voting.keys import naming

pytestmark = pytest.mark.django_db
DEEP = b'{"a":' * 20_000 + b"1" + b"}" * 20_000
FORM = b'--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\na\r\n--x--\r\n'
TOKEN = "c" * 32


@pytest.fixture
def poll(scripted_engine):
    return open_poll()


@pytest.fixture
def chief():
    return browser_of(User.objects.create_superuser("chief"))


@pytest.fixture
def trustee():
    return naming.add_trustee(draft_election("d", key_mode="trustees").election, "Ada")


def strict(user):
    """A browser whose CSRF token is looked for, as on the real site."""
    browser = WholeLoginClient(enforce_csrf_checks=True)
    browser.force_login(user)
    browser.cookies["csrftoken"] = TOKEN
    return browser


def send_form_with_files(browser, path):
    return browser.post(
        path, FORM, content_type="multipart/form-data; boundary=x", headers={"X-CSRFToken": TOKEN}
    )


def test_a_form_where_a_body_is_expected_is_refused(poll, trustee):
    voter = strict(poll.users[0])

    assert send_form_with_files(voter, "/verify/ticket/").status_code in {400, 403}
    assert send_form_with_files(voter, "/elections/e/cast/").status_code in {403, 409}
    path = f"/trustee/{trustee[1]}/registration/"
    assert send_form_with_files(voter, path).status_code in {400, 403}


def test_a_form_with_the_right_token_is_no_ballot_either(poll, client):
    client.force_login(poll.users[0])
    details = {"voter_number": "N0", "date_of_birth": "1980-05-17"}
    client.post("/elections/e/details/", details)
    client.handler.enforce_csrf_checks = True
    client.cookies["csrftoken"] = TOKEN
    form = FORM.replace(b"\r\na\r\n", b"\r\n" + TOKEN.encode() + b"\r\n")

    answer = client.post("/elections/e/cast/", form, content_type="multipart/form-data; boundary=x")

    assert (answer.status_code, answer.json()["code"]) == (409, "invalid")


@pytest.mark.parametrize(
    "body",
    [
        DEEP,
        b'{"purpose": "cast", "bound_to": "\\ud800"}',
        b'{"purpose": "cast", "bound_to": "a\\u0000b"}',
        b'{"purpose": "cast", "bound_to": "' + b"x" * 101 + b'"}',
        b'{"purpose": "cast", "bound_to": {}}',
        b"[]",
        b"\xff",
    ],
)
def test_a_ticket_is_asked_for_in_the_agreed_form(scripted_engine, body):
    browser = WholeLoginClient()
    browser.force_login(enrolled("voter"))

    answer = browser.post("/verify/ticket/", body, content_type="application/json")

    assert (answer.status_code, answer.json()) == (400, {"code": "form"})


@pytest.mark.parametrize("path", ["/api/voters/", "/api/elections/e/roll/", "/api/elections/e/"])
def test_the_api_takes_no_json(poll, path):
    chief = User.objects.create_superuser("chief")

    answer = strict(chief).post(
        path, DEEP, content_type="application/json", headers={"X-CSRFToken": TOKEN}
    )

    assert answer.status_code in {403, 405, 415}


@pytest.mark.parametrize(
    "path",
    [
        "/api/elections/%00/",
        "/api/elections/a%00b/board/",
        "/api/elections/%ED%A0%80/roll/",
        "/api/voters/%00/",
        "/api/voters/" + "9" * 40 + "/",
        "/elections/%00/",
        "/pictures/" + "9" * 40 + ".webp",
        "/trustee/%00/",
        "/set-password/%00/%00/",
        "/admin/voting/election/%00/change/",
        "/admin/voting/election/" + "9" * 40 + "/change/",
    ],
)
def test_an_address_that_names_nothing_is_not_found(poll, chief, path):
    assert chief.get(path).status_code in {200, 302, 404}


@pytest.mark.parametrize(
    "path",
    [
        "/admin/voting/voterrollentry/export/?state=-1",
        "/admin/voting/voterrollentry/export/?at__gte=%00",
        "/admin/voting/trustee/{}/delete/?_to_field=",
        "/admin/voting/trustee/{}/change/?_to_field=nonsense",
    ],
)
def test_an_odd_address_of_the_administration_is_refused(chief, trustee, path):
    assert chief.get(path.format(trustee[0].pk)).status_code == 400


def test_an_error_of_the_site_is_still_shown_as_one(chief, monkeypatch):
    """Only what the address is to blame for is called a bad request."""

    def broken(*_args, **_kwargs):
        raise LookupError

    monkeypatch.setattr("voting.admin.elections.freezing.checklist", broken)
    chief.raise_request_exception = False
    election = draft_election("d").election

    page = f"/admin/voting/election/{election.pk}/change/"
    assert chief.get(page).status_code == 500
    assert Client().get("/no/such/page/").status_code == 404


@pytest.mark.parametrize(
    "path", ["/api/elections/", "/api/voters/", "/api/elections/e/roll/", "/api/elections/e/board/"]
)
@pytest.mark.parametrize("number", ["9" * 40, "-1", "x", ""])
def test_a_page_that_no_list_has_is_no_error_of_the_server(poll, chief, path, number):
    assert chief.get(path, {"offset": number, "limit": number}).status_code in {200, 400}
