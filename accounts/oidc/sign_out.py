"""A program that signs somebody out sends the browser here (RP-Initiated Logout 1.0).

Nobody is signed out unasked: any page of the web could lead here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from accounts.audit import Action, record, user_subject
from accounts.oidc import connections, hints
from accounts.oidc.models import Client
from accounts.signed_in import signed_in

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

CONFIRMED = "sign_out"
FIELDS = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state")


class SignOutRefused(ValueError):
    """The hint is forged, or the address is not registered for the program."""


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ask the person. Programs may POST too; only the page's own form signs out."""
    if request.method == "POST" and CONFIRMED in request.POST:
        return _confirmed(request)
    return _ask(request, request.POST if request.method == "POST" else request.GET)


def _ask(request: HttpRequest, fields: QueryDict) -> HttpResponse:
    try:
        client, back = _read(request, fields)
    except SignOutRefused:
        return render(request, "oidc/refused.html", status=400)
    if signed_in(request) is None:
        return _leave(request, back)
    kept = {name: fields[name] for name in FIELDS if name in fields}
    return render(request, "oidc/sign_out.html", {"program": client, "kept": kept})


@csrf_protect
def _confirmed(request: HttpRequest) -> HttpResponse:
    try:
        client, back = _read(request, request.POST)
    except SignOutRefused:
        return render(request, "oidc/refused.html", status=400)
    user = signed_in(request)
    if user is not None:
        with transaction.atomic():
            if client is not None:
                connections.revoke_tokens(user, client)
            record(Action.SIGNED_OUT, actor=user, subject=user_subject(user.pk))
        auth.logout(request)
    return _leave(request, back)


def _read(request: HttpRequest, fields: QueryDict) -> tuple[Client | None, str]:
    """The program, and the address to go to, "" for none. Raises SignOutRefused."""
    client = _client_of(request, fields)
    uri = fields.get("post_logout_redirect_uri", "")
    if not uri:
        return client, ""
    if client is None or uri not in client.post_logout_redirect_uris.split():
        raise SignOutRefused
    state = fields.get("state", "")
    if not state:
        return client, uri
    return client, f"{uri}{'&' if urlsplit(uri).query else '?'}{urlencode({'state': state})}"


def _client_of(request: HttpRequest, fields: QueryDict) -> Client | None:
    hint, client_id = fields.get("id_token_hint", ""), fields.get("client_id", "")
    if not hint:
        named: Client | None = Client.objects.filter(client_id=client_id, is_active=True).first()
        return named
    try:
        client, _user = hints.read(hint, request)
    except hints.BadHint:
        raise SignOutRefused from None
    if not client.is_active or (client_id and client_id != client.client_id):
        raise SignOutRefused
    return client


def _leave(request: HttpRequest, back: str) -> HttpResponse:
    return render(request, "oidc/go_back.html", {"url": back}) if back else redirect("home")
