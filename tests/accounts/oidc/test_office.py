"""Programs in the administration: added by superusers, their secret shown once."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import AuditEvent, User
from accounts.oidc import secrets
from accounts.oidc.models import AccessToken, Client, Code, RefreshToken
from tests.support.office_forms import save
from tests.support.officials import browser_of, registrar
from tests.support.programs import program

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Wiki",
    "is_active": "on",
    "client_type": "confidential",
    "redirect_uris": "https://wiki.example.org/callback\r\nhttp://localhost:5000/callback",
    "tells_name": "on",
    "subject_kind": "pairwise",
    "face_minutes": "60",
    "movements": "unsure",
}


@pytest.fixture
def office(db):
    return browser_of(User.objects.create_superuser("root"))


def test_a_new_program_shows_its_secret_and_settings_once(office):
    added = office.post(reverse("admin:oidc_client_add"), FORM)

    client = Client.objects.get()
    secret = added.context["secret"]
    page = added.content.decode()
    assert secrets.fits(secret, client.client_secret)
    assert "no-store" in added["Cache-Control"]
    for words in ("occ user_oidc:provider", "Keycloak", "OIDCPKCEMethod S256", client.client_id):
        assert words in page
    assert page.count(secret) > 1
    later = office.get(reverse("admin:oidc_client_settings", args=[client.pk]))
    assert secret not in later.content.decode()
    assert list(AuditEvent.objects.values_list("action", flat=True)) == [
        "program_added",
        "program_secret_made",
    ]


def test_a_new_secret_ends_the_one_before(office):
    shop = program()

    shown = office.post(reverse("admin:oidc_client_settings", args=[shop.client.pk]))

    shop.client.refresh_from_db()
    assert not secrets.fits(shop.secret, shop.client.client_secret)
    assert secrets.fits(shown.context["secret"], shop.client.client_secret)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "http://wiki.example.org/callback",
        "https://*.example.org/callback",
        "https://wiki.example.org/callback#part",
        "https://somebody@wiki.example.org/callback",
        "https:///callback",
        "javascript:alert(1)",
        "wiki://callback",
        "https://wiki.example.org:99999/callback",
        "https://wíki.example.org/callback",
    ],
)
def test_an_address_to_which_no_code_may_go_is_refused(office, uri):
    refused = office.post(reverse("admin:oidc_client_add"), {**FORM, "redirect_uris": uri})

    assert "redirect_uris" in refused.context["adminform"].form.errors
    assert not Client.objects.exists()


def test_an_origin_with_a_path_is_refused(office):
    refused = office.post(
        reverse("admin:oidc_client_add"), {**FORM, "allowed_origins": "https://a.example.org/page"}
    )

    assert "allowed_origins" in refused.context["adminform"].form.errors


def test_changes_and_the_end_of_a_program_are_in_the_log(office):
    shop = program()

    save(office, reverse("admin:oidc_client_change", args=[shop.client.pk]), face_minutes="0")
    office.post(reverse("admin:oidc_client_delete", args=[shop.client.pk]), {"post": "yes"})

    told = AuditEvent.objects.values_list("action", "details")
    assert [action for action, _details in told] == ["program_changed", "program_removed"]
    assert "face_minutes" in str(told[0])


def test_officials_without_the_right_see_neither_programs_nor_their_settings():
    shop = program()
    browser = browser_of(registrar())

    for name, args in (("changelist", []), ("add", []), ("settings", [shop.client.pk])):
        assert browser.get(reverse(f"admin:oidc_client_{name}", args=args)).status_code == 403


def test_codes_and_tokens_are_shown_to_nobody():
    assert not any(admin.site.is_registered(model) for model in (Code, AccessToken, RefreshToken))
