"""What to type into the usual programs so that they sign their users in here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.oidc.claims import scopes_of
from accounts.oidc.issuer import issuer

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.oidc.models import Client


@dataclass(frozen=True, slots=True)
class Guide:
    """One program, and its settings as lines to copy."""

    name: str
    lines: str


def facts(client: Client, request: HttpRequest, secret: str) -> dict[str, str]:
    """The settings that every program asks for, by the names that programs use."""
    base = issuer(request)
    rows = {
        "Issuer": base,
        "Discovery": base + reverse("oidc:discovery"),
        "Client ID": client.client_id,
        "Client secret": secret or _("shown when it was made; make a new one if it is lost"),
        "Scopes": " ".join(scopes_of(client)),
        "PKCE": "S256",
    }
    if client.is_public:
        del rows["Client secret"]
    return rows


def for_program(client: Client, request: HttpRequest, secret: str) -> list[Guide]:
    base, redirect = issuer(request), (client.redirect_uris.split() or [""])[0]
    names = {
        "issuer": base,
        "discovery": base + reverse("oidc:discovery"),
        "id": client.client_id,
        "secret": secret or "…",
        "scopes": " ".join(scopes_of(client)),
        "redirect": redirect,
        "sign_out": base + reverse("oidc:sign-out"),
        "authorize": base + reverse("oidc:authorize"),
        "token": base + reverse("oidc:token"),
        "userinfo": base + reverse("oidc:userinfo"),
    }
    return [Guide(name, text.format(**names)) for name, text in LINES.items()]


LINES = {
    "Nextcloud (user_oidc)": """occ user_oidc:provider FaceVote \\
  --clientid="{id}" --clientsecret="{secret}" \\
  --discoveryuri="{discovery}" --scope="{scopes}" \\
  --mapping-uid=sub --mapping-display-name=name --mapping-email=email""",
    "WordPress (OpenID Connect Generic)": """Client ID: {id}
Client Secret Key: {secret}
OpenID Scope: {scopes}
Login Endpoint URL: {authorize}
Userinfo Endpoint URL: {userinfo}
Token Validation Endpoint URL: {token}
End Session Endpoint URL: {sign_out}
Identity Key: sub
Enable PKCE support: on""",
    "Keycloak (Identity providers, OpenID Connect v1.0)": """Discovery endpoint: {discovery}
Client authentication: Client secret sent as basic auth
Client ID: {id}
Client Secret: {secret}
Default Scopes: {scopes}
Validate Signatures: On, Use JWKS URL: On
Use PKCE: On, PKCE Method: S256""",
    "Apache (mod_auth_openidc)": """OIDCProviderMetadataURL {discovery}
OIDCClientID {id}
OIDCClientSecret {secret}
OIDCRedirectURI {redirect}
OIDCScope "{scopes}"
OIDCPKCEMethod S256
OIDCCryptoPassphrase "exec:/bin/cat /etc/apache2/oidc-passphrase\"""",
    "Flask, Authlib": """oauth.register(
    "facevote",
    server_metadata_url="{discovery}",
    client_id="{id}",
    client_secret="{secret}",
    client_kwargs={{"scope": "{scopes}", "code_challenge_method": "S256"}},
)""",
    "Django (mozilla-django-oidc)": """OIDC_RP_CLIENT_ID = "{id}"
OIDC_RP_CLIENT_SECRET = "{secret}"
OIDC_RP_SIGN_ALGO = "RS256"
OIDC_RP_SCOPES = "{scopes}"
OIDC_USE_PKCE = True
OIDC_OP_AUTHORIZATION_ENDPOINT = "{authorize}"
OIDC_OP_TOKEN_ENDPOINT = "{token}"
OIDC_OP_USER_ENDPOINT = "{userinfo}"
OIDC_OP_JWKS_ENDPOINT = "{issuer}/oidc/keys/\"""",
}
