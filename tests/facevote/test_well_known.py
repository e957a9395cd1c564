"""What browsers, password managers and search engines ask for unasked, and HEAD wherever GET is."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.models import User


@pytest.mark.django_db
def test_a_password_manager_finds_the_page_to_change_the_password(client):
    client.force_login(User.objects.create_user("ada"))

    answer = client.get("/.well-known/change-password", follow=True)

    assert answer.redirect_chain == [("/account/password/", 302)]
    assert answer.status_code == 200


def test_a_picture_for_the_tab_is_there(client):
    assert client.get("/favicon.ico").headers["Location"].endswith("favicon.svg")


def test_search_engines_keep_out_of_what_is_behind_a_sign_in_or_a_secret_link(client):
    text = client.get("/robots.txt").content.decode()

    assert text.startswith("User-agent: *\n")
    for path in ("/admin/", "/account/", "/trustee/", "/set-password/"):
        assert f"Disallow: {path}\n" in text
    assert "Disallow: /\n" not in text


def test_finders_of_holes_read_whom_to_tell(client, settings):
    settings.SECURITY_CONTACT = "mailto:security@vote.example"

    answer = client.get("/.well-known/security.txt")

    lines = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert lines["Contact"] == "mailto:security@vote.example"
    assert lines["Canonical"] == "http://testserver/.well-known/security.txt"
    left = dt.datetime.fromisoformat(lines["Expires"]) - dt.datetime.now(dt.UTC)
    assert dt.timedelta(days=30) < left < dt.timedelta(days=365)
    assert answer["Content-Type"].startswith("text/plain")


@pytest.mark.django_db
def test_a_site_without_a_contact_has_no_such_file(client, settings):
    settings.SECURITY_CONTACT = ""

    assert client.get("/.well-known/security.txt").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/sign-in/", "/no/such/page/"])
def test_the_contact_of_the_office_stands_on_every_page(client, settings, path):
    settings.DEBUG = False
    settings.OFFICE_CONTACT = "office@vote.example, 030 1234"

    page = client.get(path).content.decode()

    assert '<a href="mailto:office@vote.example">office@vote.example</a>, 030 1234' in page
