"""What django-oauth-toolkit and oauthlib ask while codes and tokens are made and used.

The forms of OAuth are theirs; who may have what, for how long and until when is decided here.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from jwcrypto.jwt import JWT
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes
from oauthlib.oauth2.rfc6749 import errors

from accounts.oidc import claims, secrets, signing_keys
from accounts.oidc.connections import may_use
from accounts.oidc.issuer import issuer_of
from accounts.oidc.models import AccessToken, Code, RefreshToken

if TYPE_CHECKING:
    from accounts.models import User
    from accounts.oidc.models import Client, EndsWithThePassword

CODE_LIFE = timedelta(seconds=60)
ID_TOKEN_LIFE = timedelta(minutes=10)
RESPONSE_TYPE = "code"
# No database stores it in a text.
NUL = "\x00"


class CodeSpent(Exception):
    """Another request has exchanged this code at the same moment."""


class ClientScopes(BaseScopes):  # type: ignore[misc]
    """The scopes that each program was given."""

    def get_all_scopes(self) -> dict[str, str]:
        return {str(scope): str(words) for scope, words in claims.WORDS.items()}

    def get_available_scopes(
        self, application: Client | None = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return claims.scopes_of(application) if application else []

    def get_default_scopes(self, *args: Any, **kwargs: Any) -> list[str]:
        return []


class Validator(OAuth2Validator):  # type: ignore[misc]
    # The toolkit's table of claims and scopes: claims.about() decides instead.
    oidc_claim_scope = None

    # --- programs -------------------------------------------------------------------------

    def _check_secret(self, provided_secret: str, stored_secret: str) -> bool:
        return secrets.fits(provided_secret, stored_secret)

    def _load_application(self, client_id: str | None, request: Any) -> Client | None:
        if not client_id or NUL in client_id:
            return None
        client: Client | None = super()._load_application(client_id, request)
        return client

    def validate_response_type(
        self, client_id: str, response_type: str, client: Client, *args: Any, **kwargs: Any
    ) -> bool:
        return response_type == RESPONSE_TYPE

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Client, *args: Any, **kwargs: Any
    ) -> bool:
        if grant_type == "refresh_token":
            return client.stays_connected
        return grant_type == "authorization_code"

    def is_pkce_required(self, client_id: str, request: Any) -> bool:
        return True

    def validate_silent_login(self, request: Any) -> bool:
        """True: whether `prompt=none` can be answered is decided in steps.py."""
        return True

    def validate_silent_authorization(self, request: Any) -> bool:
        return True

    # --- codes ----------------------------------------------------------------------------

    def _create_authorization_code(
        self, request: Any, code: dict[str, str], expires: Any = None
    ) -> Code:
        return Code.objects.create(
            application=request.client,
            user=request.user,
            password_mark=request.user.get_session_auth_hash(),
            code=code["code"],
            expires=timezone.now() + CODE_LIFE,
            redirect_uri=request.redirect_uri,
            scope=" ".join(request.scopes),
            code_challenge=request.code_challenge,
            code_challenge_method=request.code_challenge_method,
            nonce=request.nonce or "",
            sign_in=request.sign_in,
            act=request.act,
        )

    def validate_code(
        self, client_id: str, code: str, client: Client, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        if NUL in code:
            return False
        row = Code.objects.select_related("user").filter(code=code, application=client).first()
        if row is None:
            return False
        if row.spent_at is not None:
            _end_tokens_of(row)
            return False
        if row.is_expired() or not _still_holds(row, client):
            return False
        request.origin, request.user, request.scopes = row, row.user, row.scope.split()
        request.nonce, request.sign_in, request.act = row.nonce, row.sign_in, row.act
        return True

    def confirm_redirect_uri(
        self,
        client_id: str,
        code: str,
        redirect_uri: str,
        client: Client,
        request: Any,
        **kwargs: Any,
    ) -> bool:
        return bool(request.origin.redirect_uri_allowed(redirect_uri))

    def get_code_challenge(self, code: str, request: Any) -> str:
        return str(request.origin.code_challenge)

    def get_code_challenge_method(self, code: str, request: Any) -> str:
        return str(request.origin.code_challenge_method)

    def get_authorization_code_scopes(
        self, client_id: str, code: str, redirect_uri: str, request: Any
    ) -> list[str]:
        """Asked before the program is known, to choose OpenID Connect's way: there is no other."""
        return ["openid"]

    def get_authorization_code_nonce(
        self, client_id: str, code: str, redirect_uri: str, request: Any
    ) -> str:
        return str(request.origin.nonce)

    def invalidate_authorization_code(self, *args: Any, **kwargs: Any) -> None:
        """Done already: the code is spent in the transaction that makes its tokens."""

    # --- tokens ---------------------------------------------------------------------------

    def save_bearer_token(
        self, token: dict[str, Any], request: Any, *args: Any, **kwargs: Any
    ) -> None:
        """Spend the code, or the refresh token before this one, and store the new tokens."""
        if not request.client.stays_connected or "offline_access" not in request.scopes:
            token.pop("refresh_token", None)
        if getattr(request, "act", None):
            token["authorization_details"] = request.act["details"]
        try:
            with transaction.atomic():
                _spend(request)
                super()._save_bearer_token(token, request, *args, **kwargs)
        except CodeSpent:
            _end_tokens_of(request.origin)
            raise errors.InvalidGrantError(request=request) from None

    def _check_and_set_request_resource(self, request: Any) -> None:
        """No program asks for tokens of another server here (RFC 8707), so nothing is looked up."""
        request.resource = []

    def _create_access_token(
        self, expires: Any, request: Any, token: dict[str, Any], source_refresh_token: Any = None
    ) -> AccessToken:
        access = AccessToken(
            user=request.user,
            scope=token["scope"],
            expires=expires,
            application=request.client,
            source_refresh_token=source_refresh_token,
            origin=getattr(request, "origin", None),
            password_mark=request.user.get_session_auth_hash(),
        )
        self._set_token_value(access, token["access_token"])
        access.save()
        return access

    def _create_refresh_token(
        self, request: Any, refresh_token_code: str, access_token: AccessToken, previous: Any
    ) -> RefreshToken:
        refresh = RefreshToken(
            user=request.user,
            application=request.client,
            access_token=access_token,
            token_family=previous.token_family if previous else uuid.uuid4(),
            sign_in=request.sign_in,
            password_mark=request.user.get_session_auth_hash(),
        )
        self._set_token_value(refresh, refresh_token_code)
        refresh.save()
        return refresh

    def validate_refresh_token(
        self, refresh_token: str, client: Client, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        if not super().validate_refresh_token(refresh_token, client, request):
            return False
        row = request.refresh_token_instance
        request.sign_in = row.sign_in
        return _still_holds(row, client)

    def validate_bearer_token(self, token: str, scopes: list[str], request: Any) -> bool:
        if not super().validate_bearer_token(token, scopes, request):
            return False
        row = request.access_token
        return _still_holds(row, row.application) and may_use(row.user, row.application)

    # --- claims ---------------------------------------------------------------------------

    def finalize_id_token(
        self, id_token: dict[str, Any], token: dict[str, Any], token_handler: Any, request: Any
    ) -> str:
        """Sign the ID token with the current key. No row is kept of it."""
        now = timezone.now()
        content = {
            **id_token,
            "iss": issuer_of(request),
            "aud": request.client.client_id,
            "exp": int((now + ID_TOKEN_LIFE).timestamp()),
            "jti": str(uuid.uuid4()),
            **request.sign_in,
            **claims.about(request.user, request.client, request.scopes),
        }
        if getattr(request, "act", None):
            content["authorization_details"] = request.act["details"]
            content["act_proved_at"] = request.act["proved_at"]
        key = signing_keys.current()
        header = {"typ": "JWT", "alg": "RS256", "kid": key.thumbprint()}
        signed = JWT(header=json.dumps(header), claims=json.dumps(content))
        signed.make_signed_token(key)
        return str(signed.serialize())

    def get_userinfo_claims(self, request: Any) -> dict[str, Any]:
        row = request.access_token
        return claims.about(row.user, row.application, row.scope.split())

    def is_origin_allowed(self, *args: Any, **kwargs: Any) -> bool:
        """Never: cross_origin.py writes these headers for every view alike."""
        return False


def credentials_of(sign_in: claims.SignIn, act: dict[str, Any] | None) -> dict[str, Any]:
    """What the view adds to the library's request, for the code that is made from it."""
    return {"sign_in": asdict(sign_in), "act": act}


def _still_holds(row: EndsWithThePassword, client: Client) -> bool:
    """Whether the person behind it is active and has not set another password since."""
    user: User = row.user  # type: ignore[attr-defined]
    if not user.is_active or not client.is_active:
        return False
    return constant_time_compare(row.password_mark, user.get_session_auth_hash())


def _spend(request: Any) -> None:
    """Use up the code behind these tokens. Raises CodeSpent if another request was faster."""
    if request.grant_type != "authorization_code":
        return
    unspent = Code.objects.filter(pk=request.origin.pk, spent_at=None)
    if not unspent.update(spent_at=timezone.now()):
        raise CodeSpent


def _end_tokens_of(code: Code) -> None:
    """A code came twice: one of the two has stolen it, so nobody keeps what it gave."""
    tokens = AccessToken.objects.filter(origin=code)
    RefreshToken.objects.filter(access_token__in=tokens).delete()
    tokens.delete()
