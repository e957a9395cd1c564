"""The other endpoints of OpenID Connect, and the person's own list of connected programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.oidc import claims, connections, library, signing_keys
from accounts.oidc.acts import TYPE
from accounts.oidc.asked import Prompt
from accounts.oidc.cross_origin import readable_by_all, readable_by_programs
from accounts.oidc.issuer import issuer
from accounts.oidc.models import Connection
from accounts.signed_in import voter

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

KEYS_AGE = int(signing_keys.LIST_LIFE.total_seconds())
AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]


@login_not_required
@readable_by_all
@require_safe
def discovery(request: HttpRequest) -> HttpResponse:
    """OpenID Connect Discovery 1.0 and RFC 8414: all that a program needs to know of this site."""
    return JsonResponse(_metadata(request))


def _metadata(request: HttpRequest) -> dict[str, Any]:
    base = issuer(request)
    return {
        "issuer": base,
        "authorization_endpoint": base + reverse("oidc:authorize"),
        "token_endpoint": base + reverse("oidc:token"),
        "userinfo_endpoint": base + reverse("oidc:userinfo"),
        "revocation_endpoint": base + reverse("oidc:revoke"),
        "end_session_endpoint": base + reverse("oidc:sign-out"),
        "jwks_uri": base + reverse("oidc:keys"),
        "scopes_supported": [str(scope) for scope in claims.Scope],
        "claims_supported": list(claims.CLAIMS),
        "acr_values_supported": [*(str(acr) for acr in claims.Acr), claims.FACE_NOW],
        "authorization_details_types_supported": [TYPE],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": AUTH_METHODS,
        "revocation_endpoint_auth_methods_supported": AUTH_METHODS,
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": [str(prompt) for prompt in Prompt],
        "authorization_response_iss_parameter_supported": True,
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }


@login_not_required
@readable_by_all
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The public halves of the signing keys, as a JWK set (RFC 7517)."""
    response = JsonResponse({"keys": signing_keys.published()})
    response["Cache-Control"] = f"public, max-age={KEYS_AGE}"
    return response


@csrf_exempt
@login_not_required
@readable_by_programs
@sensitive_post_parameters("code", "client_secret", "code_verifier", "refresh_token")
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    return library.token_response(request)


@csrf_exempt
@login_not_required
@readable_by_programs
@require_http_methods(["GET", "HEAD", "POST"])
def userinfo(request: HttpRequest) -> HttpResponse:
    if "access_token" in request.GET:
        # It would stand in logs and histories (RFC 9700, 4.3.2).
        return JsonResponse({"error": "invalid_request"}, status=400)
    return library.userinfo_response(request)


@csrf_exempt
@login_not_required
@readable_by_programs
@sensitive_post_parameters("token", "client_secret")
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    return library.revocation_response(request)


@login_required
@never_cache
@require_POST
def disconnect(request: HttpRequest, connection_id: int) -> HttpResponse:
    user = voter(request)
    connection = get_object_or_404(Connection, pk=connection_id, user=user)
    connections.disconnect(user, connection)
    words = _("%(program)s is disconnected. It learns nothing more of you.")
    messages.success(request, words % {"program": connection.client})
    return redirect("accounts:profile")
