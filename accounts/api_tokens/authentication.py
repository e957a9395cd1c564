"""Who sends a request of the API: a program with a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from accounts.api_tokens.tokens import owner_of
from accounts.models import ApiToken

if TYPE_CHECKING:
    from drf_spectacular.openapi import AutoSchema
    from rest_framework.request import Request

    from accounts.api_tokens.tokens import Scope
    from accounts.models import User

KEYWORD = "Token"


class TokenAuthentication(BaseAuthentication):
    """Reads `Authorization: Token …`. A token that does not hold is refused with a 401."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        keyword, _space, token = get_authorization_header(request).partition(b" ")
        if keyword.lower() != KEYWORD.lower().encode():
            return None
        stored = owner_of(token.strip().decode("latin-1"), now=timezone.now())
        if stored is None:
            raise AuthenticationFailed(_("This token is not valid."))
        return stored.user, stored

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for. With none, the framework would answer 403."""
        return KEYWORD


def is_in_scope(request: Request, scope: Scope) -> bool:
    """Whether the token of this request covers `scope`. A session in a browser has no scopes."""
    return not isinstance(request.auth, ApiToken) or scope in request.auth.scopes


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the tokens in the API's schema."""

    target_class = TokenAuthentication
    name = "tokenAuth"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization"}
