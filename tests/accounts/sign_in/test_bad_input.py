"""What programs send to the sign-in: answered in words, never by a 500."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.support.people import PASSWORD, pass_password, person

pytestmark = pytest.mark.django_db
MIB = 1024 * 1024
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def voter():
    return person("voter")


def post(client, body, **extra):
    return client.generic("POST", reverse("accounts:sign-in"), body, content_type=FORM, **extra)


def is_nobody(client):
    return not {"_auth_user_id", "pending_login"} & set(client.session.keys())


@pytest.mark.parametrize(
    "typed",
    ["", "x" * MIB, "nul\x00", "\u202eabc", "é" * 600, "😀" * 300, "\u0130", "a\r\nb", " "],
    ids=["empty", "1 MiB", "NUL", "RTL", "accents", "emoji", "dotted I", "lines", "space"],
)
@pytest.mark.parametrize("field", ["username", "password"])
def test_strange_words_are_answered_on_the_page(client, field, typed):
    filled = {"username": "voter", "password": PASSWORD, field: typed}

    answer = client.post(reverse("accounts:sign-in"), filled)

    assert answer.status_code == 200
    assert b"There is a problem" in answer.content
    assert is_nobody(client)


@pytest.mark.parametrize(
    "bytes_typed", [b"%ED%A0%80", b"%FF%FE", b"%C0%80", b"\xed\xa0\x80", b"%00", b"%"]
)
def test_bytes_that_are_no_text_are_answered_on_the_page(client, bytes_typed):
    for body in (
        b"username=" + bytes_typed + b"&password=x",
        b"username=voter&password=" + bytes_typed,
    ):
        answer = post(client, body)

        assert answer.status_code == 200
        assert is_nobody(client)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"&".join(b"f%d=1" % number for number in range(10_000)), 400),
        (b"password=" + b"x" * (3 * MIB), 400),
        (b"username=voter&username=other&password=a&password=b", 200),
        (b"", 200),
        (b"=&=&&&", 200),
    ],
    ids=["10,000 fields", "3 MiB", "twice", "nothing", "no names"],
)
def test_forms_that_no_page_has(client, body, status):
    answer = post(client, body)

    assert answer.status_code == status
    assert b"<h1>" in answer.content
    assert is_nobody(client)


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", "multipart/x; b=", ""])
def test_other_kinds_of_content(client, kind):
    answer = client.generic("POST", reverse("accounts:sign-in"), b'{"username":', content_type=kind)

    assert answer.status_code in {200, 400}
    assert is_nobody(client)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_are_refused(client, method):
    assert client.generic(method, reverse("accounts:sign-in")).status_code == 405


@pytest.mark.parametrize("token", [None, "", "x", "x" * 64, "\u00e9" * 64])
def test_a_wrong_csrf_token_is_answered_in_words(token):
    client = Client(enforce_csrf_checks=True)
    client.get(reverse("accounts:sign-in"))
    filled = {"username": "voter", "password": PASSWORD}
    if token is not None:
        filled["csrfmiddlewaretoken"] = token

    answer = client.post(reverse("accounts:sign-in"), filled)

    assert answer.status_code == 403
    assert b"<h1>" in answer.content
    assert is_nobody(client)


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "http:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        " //evil.example",
        "\x00//evil.example",
        "//testserver@evil.example",
        "word",
        "admin:index",
        "account/",
        "/" + "a" * MIB,
    ],
)
@pytest.mark.parametrize("where", ["form", "address"])
def test_only_own_paths_are_gone_to(client, settings, wanted, where):
    if where == "address" and len(wanted) > 5000:
        pytest.skip("no server takes an address as long as this")
    settings.OFFICIAL_SECOND_FACTOR = "none"
    person("official", is_staff=True)
    filled = {"username": "official", "password": PASSWORD}
    url = reverse("accounts:sign-in")
    if where == "form":
        answer = client.post(url, {**filled, "next": wanted})
    else:
        answer = client.post(url, filled, query_params={"next": wanted})

    assert answer.status_code == 302
    assert answer.url == reverse("admin:index")


@pytest.mark.parametrize("wanted", ["/elections/?a=1", "/a\r\nSet-Cookie: x=y", "/\u00fcber"])
def test_an_own_path_is_gone_to_and_adds_no_header(client, settings, wanted):
    settings.OFFICIAL_SECOND_FACTOR = "none"
    person("official", is_staff=True)

    answer = pass_password(client, "official")
    answer = client.post(
        reverse("accounts:sign-in"),
        {"username": "official", "password": PASSWORD, "next": wanted},
    )

    assert answer.url.startswith("/")
    assert "\n" not in answer.url
    assert "x" not in answer.cookies


@pytest.mark.parametrize("cookie", ["x" * 4000, "\x00", "..", "'; DROP TABLE", "é"])
def test_strange_session_cookies_are_nobodys(cookie):
    client = Client()
    client.cookies["facevote"] = cookie

    assert client.get(reverse("accounts:profile")).status_code == 302
    assert client.get(reverse("accounts:sign-in")).status_code == 200
