"""The one place that calls django-oauth-toolkit: requests go in, its answers come out."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from oauth2_provider.exceptions import FatalClientError, OAuthToolkitError
from oauth2_provider.oauth2_backends import OAuthLibCore
from oauth2_provider.views.mixins import OAuthLibMixin

from accounts.oidc import asked
from accounts.oidc.issuer import ISSUER, answer_url, issuer
from accounts.oidc.validator import credentials_of

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from accounts.models import User
    from accounts.oidc.asked import Asked
    from accounts.oidc.claims import SignIn

HEADERS = ("HTTP_AUTHORIZATION", "CONTENT_TYPE")


class Unanswerable(Exception):
    """No program that is known here has asked: there is nobody to send an answer to."""


class SentBack(Exception):
    """The program is told of an error, at an address that is registered for it."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


class Core(OAuthLibCore):  # type: ignore[misc]
    """Hands over the two headers that count, and the address by which this site is known."""

    def extract_headers(self, request: HttpRequest) -> dict[str, str]:
        headers = {name: request.META[name] for name in HEADERS if name in request.META}
        if "HTTP_AUTHORIZATION" in headers:
            headers["Authorization"] = headers["HTTP_AUTHORIZATION"]
        return {**headers, ISSUER: issuer(request)}


def read_request(request: HttpRequest, query: str, *, now: datetime) -> Asked:
    """What the authorisation request asks for. Raises Unanswerable or SentBack."""
    if len(query) > asked.MAX_QUERY or not _is_storable(QueryDict(query)):
        raise Unanswerable
    try:
        scopes, credentials = _core().validate_authorization_request(_as_get(request, query))
    except FatalClientError:
        raise Unanswerable from None
    except OAuthToolkitError as error:
        raise SentBack(_error_url(request, error.oauthlib_error)) from None
    client = credentials["request"].client
    try:
        return asked.read(query, client, scopes, credentials, now=now)
    except asked.AskedBadly as bad:
        url = answer_url(
            credentials["redirect_uri"],
            request,
            error=bad.error,
            error_description=str(bad),
            state=credentials.get("state") or "",
        )
        raise SentBack(url) from None


def code_url(
    request: HttpRequest, wanted: Asked, user: User, sign_in: SignIn, act: dict[str, Any] | None
) -> str:
    """Make a code; return the address with which the browser takes it to the program."""
    twin = _as_get(request, "")
    twin.user = user
    try:
        url, _headers, _body, _status = _core().create_authorization_response(
            twin,
            scopes=list(wanted.scopes),
            credentials={**wanted.credentials, **credentials_of(sign_in, act)},
            allow=True,
        )
    except OAuthToolkitError as error:
        raise SentBack(_error_url(request, error.oauthlib_error)) from None
    return str(url)


def token_response(request: HttpRequest) -> HttpResponse:
    return _response(_core().create_token_response(request))


def userinfo_response(request: HttpRequest) -> HttpResponse:
    return _response(_core().create_userinfo_response(request))


def revocation_response(request: HttpRequest) -> HttpResponse:
    return _response(_core().create_revocation_response(request))


def _is_storable(fields: QueryDict) -> bool:
    """Whether it says where to answer, and holds no sign that a database cannot store."""
    texts = [text for texts in fields.lists() for text in texts[1]]
    return bool(fields.get("redirect_uri")) and not any("\x00" in text for text in texts)


def _core() -> Any:
    return OAuthLibMixin.get_oauthlib_core()


def _response(made: tuple[Any, dict[str, str], str | None, int]) -> HttpResponse:
    _url, headers, body, status = made
    return HttpResponse(body or "", status=status, headers=headers)


def _as_get(request: HttpRequest, query: str) -> HttpRequest:
    """The same request, as if the browser had come with this query.

    So one that was POSTed, or that has waited for a sign-in, is read by the same rules.
    """
    fields = QueryDict(query, mutable=True)
    # Not supported, and so not read: the toolkit would refuse one that is not JSON with no answer.
    fields.pop("claims", None)
    twin = copy(request)
    twin.method = "GET"
    twin.path = reverse("oidc:authorize")
    twin.META = {**request.META, "QUERY_STRING": fields.urlencode()}
    twin.GET = fields  # type: ignore[assignment]
    twin.POST = QueryDict()
    return twin


def _error_url(request: HttpRequest, error: Any) -> str:
    return answer_url(
        error.redirect_uri,
        request,
        error=error.error,
        error_description=error.description or "",
        state=error.state or "",
    )
