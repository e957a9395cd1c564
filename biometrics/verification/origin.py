"""Which page opened a socket."""

from __future__ import annotations

import contextlib
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host


def is_own_origin(scope: dict[str, Any]) -> bool:
    """Say whether a page of this site opened the socket; a missing or opaque Origin is foreign."""
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin-1")
    host = headers.get(b"host", b"").decode("latin-1")
    if not origin or not host:
        return False
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    with contextlib.suppress(ValueError):
        parts = urlsplit(origin)
        allowed = "https" if settings.HTTPS else "http"
        name, _port = split_domain_port(host)
        known = validate_host(name, settings.ALLOWED_HOSTS)
        return parts.scheme == allowed and parts.netloc == host and known
    return False
